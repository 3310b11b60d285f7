import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
}

const ROOT = new URL('../../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as Manifest; // ours

test('what is packed or published was built right before, also in a fresh clone', () => {
  expect(manifest.files).toContain('dist');
  expect(readFileSync(new URL('.gitignore', ROOT), 'utf8')).toMatch(/^dist\/$/m);
  // npm runs it before `npm pack` and `npm publish`.
  expect(manifest.scripts['prepack']).toBe('npm run build');
});
