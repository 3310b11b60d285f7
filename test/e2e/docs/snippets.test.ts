import { describe, expect, test } from 'vitest';
import { runScript } from '../package/run-script.ts';
import { SNIPPETS } from './doc-snippets.ts';

/** Threads hold a process until it is closed, which the shortest snippets leave to its end. */
const END =
  process.env['PAGEFOLD_WORKERS'] === undefined
    ? ''
    : `\nawait (await import('pagefold')).closeDefaultRuntime();\n`;

describe('the code in the documents', () => {
  test('is found', () => {
    expect(SNIPPETS.filter(({ file }) => file === 'README.md').length).toBeGreaterThan(2);
  });

  test.each(SNIPPETS)('W-69: runs as it stands: $file line $line', async ({ source }) => {
    const { exitCode, stderr } = await runScript(source + END);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
