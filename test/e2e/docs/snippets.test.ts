import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runScript } from '../package/run-script.ts';

interface Snippet {
  readonly file: string;
  readonly line: number;
  readonly source: string;
}

const ROOT = new URL('../../../', import.meta.url);
const PAGES = readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
  .map((file) => `docs/${file}`);

/** The blocks of TypeScript in a page, with the line where each begins. */
function snippetsOf(file: string): readonly Snippet[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    source: match[1] ?? '',
  }));
}

const SNIPPETS = ['README.md', ...PAGES].flatMap(snippetsOf);

describe('the code in the documents', () => {
  test('is found', () => {
    expect(SNIPPETS.filter(({ file }) => file === 'README.md').length).toBeGreaterThan(2);
  });

  test.each(SNIPPETS)('W-69: runs as it stands: $file line $line', async ({ source }) => {
    const { exitCode, stderr } = await runScript(source);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
