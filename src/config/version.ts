import { createRequire } from 'node:module';

/** The version of this package, from its own package.json and nowhere else. */
export function getVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('pagefold/package.json');
  const version =
    typeof manifest === 'object' && manifest !== null
      ? Reflect.get(manifest, 'version')
      : undefined;
  if (typeof version === 'string') return version;
  throw new TypeError('package.json names no version');
}
