import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SOURCES = new URL('../../../src/', import.meta.url);
const VALUE_IMPORT = /^(?:import|export)\s(?!type\s)[^;]*?\sfrom '(\.[^']+)';/gmu;

/** The files that are loaded with one, as paths below the sources. */
function loadedWith(entry: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const text = readFileSync(url, 'utf8');
    for (const [, path = ''] of text.matchAll(VALUE_IMPORT)) visit(new URL(path, url));
  };
  visit(new URL(entry, SOURCES));
  return new Set([...seen].map((href) => href.slice(SOURCES.href.length)));
}

test.each(['index.ts', 'testing/index.ts', 'cli/main.ts'])(
  'the embedded kernel is not loaded with %s, which does not use it',
  (entry) => {
    expect(loadedWith('kernel/wasm-kernel.ts')).toContain('kernel/kernel-bytes.generated.ts');
    const loaded = loadedWith(entry);
    expect(loaded.size).toBeGreaterThan(20);
    expect(loaded).not.toContain('kernel/kernel-bytes.generated.ts');
  },
);

test('the token counter is loaded with the library', () => {
  expect(loadedWith('index.ts')).toContain('kernel/token-kernel.ts');
});
