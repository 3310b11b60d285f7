import { readdirSync, readFileSync } from 'node:fs';

/** A block of TypeScript in a page, with the line where it begins. */
export interface Snippet {
  readonly file: string;
  readonly line: number;
  readonly source: string;
}

const ROOT = new URL('../../../', import.meta.url);
const PAGES = readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
  .map((file) => `docs/${file}`);

function snippetsOf(file: string): readonly Snippet[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    source: match[1] ?? '',
  }));
}

/** All code in the documents that users can copy and run. */
export const SNIPPETS: readonly Snippet[] = ['README.md', ...PAGES].flatMap(snippetsOf);
