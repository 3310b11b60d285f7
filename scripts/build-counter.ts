import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { contentHash } from '../src/kernel/content-hash.ts';
import { compileCounterModules, PUBLISHED_MODULES } from './lib/counter-modules.ts';
import { TABLES, writeCounterTables } from './lib/counter-tables.ts';

// Makes the files that the token counter reads at its first count: its compiled module, and tables from the ranks that
// js-tiktoken ships and from Unicode 16. Beside them a TypeScript module with their hashes: files of another build are not
// used. What is there already, unchanged and of the same inputs is left alone.

const FOLDER = 'build/counter';
const TARGET = 'src/kernel/counter-files.generated.ts';

function writeModule(): void {
  const entries = [...PUBLISHED_MODULES, ...TABLES].map((name) => {
    const bytes = readFileSync(`${FOLDER}/${name}`);
    return `  '${name}': { bytes: ${bytes.length}, hash: ${contentHash(bytes)} },`;
  });
  const text = [
    `// Made from the files in ${FOLDER} by scripts/build-counter.ts. Do not edit.`,
    '',
    '/** Size and hash of each file that the token counter reads. */',
    'export const COUNTER_FILES = {',
    ...entries,
    '} as const;',
    '',
  ].join('\n');
  // An unchanged file is left alone, so that watchers and parallel test runs are not disturbed.
  if (existsSync(TARGET) && readFileSync(TARGET, 'utf8') === text) return;
  writeFileSync(TARGET, text);
}

mkdirSync(FOLDER, { recursive: true });
compileCounterModules(FOLDER);
await writeCounterTables(FOLDER);
writeModule();
