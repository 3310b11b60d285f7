import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as layout from '../assembly/shared/layout.ts';
import { hashLayout } from '../src/kernel/layout-hash.ts';

const TARGET = 'assembly/shared/layout-hash.generated.ts';

/** Writes the hash that the kernel is compiled with and that is compared when it is loaded. */
function writeLayoutHash(): void {
  const text = [
    '// Made from assembly/shared/layout.ts by scripts/write-layout-hash.ts. Do not edit.',
    '',
    '/** Hash over all names and numbers of the layout. */',
    `export const LAYOUT_HASH = ${hashLayout(layout)};`,
    '',
  ].join('\n');
  // An unchanged file is left alone, so that watchers and parallel test runs are not disturbed.
  if (existsSync(TARGET) && readFileSync(TARGET, 'utf8') === text) return;
  writeFileSync(TARGET, text);
}

writeLayoutHash();
