import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENCODINGS, TOKEN_RULES } from '../src/kernel/token-rules.ts';
import type { EncodingName, TokenRules } from '../src/kernel/token-rules.ts';
import { findDifferences } from '../test/lib/tokens/differences.ts';
import { randomTexts } from '../test/lib/tokens/random-text.ts';

// Compares ids and counts of random texts with those of the packages that the rules follow. A seed stands for 50,000 texts, so
// a run of many can be done in parts: `fuzz:tokens -- 20 7` plays the seeds 7 to 26, `--encoding` and `--rules` leave the others
// out. Each seed is played in a process of its own, and one that is done prints a line: what to go on with after a stop.

const TEXTS_PER_SEED = 50_000;

interface Part {
  readonly encoding: EncodingName;
  readonly rules: TokenRules;
  readonly seed: number;
}

/** Plays one seed and prints what differs; false when anything does. */
function play({ encoding, rules, seed }: Part): boolean {
  const differences = findDifferences(randomTexts(seed, TEXTS_PER_SEED), { encoding, rules });
  for (const difference of differences) console.log(JSON.stringify(difference));
  if (differences.length > 0) return false;
  console.log(`${encoding}, ${rules}, seed ${seed}: ${TEXTS_PER_SEED} texts, no difference`);
  return true;
}

function playElsewhere({ encoding, rules, seed }: Part): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const args = ['--only', '1', String(seed), '--encoding', encoding, '--rules', rules];
    const child = fork(fileURLToPath(import.meta.url), args, { execArgv: process.execArgv });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}

function numberOf(text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error('Usage: fuzz:tokens -- [SEEDS [FIRST]] [--encoding NAME] [--rules NAME]');
}

function namedOf<Name extends string>(
  names: readonly Name[],
  text: string | undefined,
): readonly Name[] {
  const chosen = names.filter((name) => text === undefined || name === text);
  if (chosen.length === 0) throw new Error(`${text} is none of ${names.join(', ')}.`);
  return chosen;
}

interface SeedRange {
  readonly first: number;
  readonly seeds: number;
  readonly isHere: boolean;
}

async function playSeeds(
  encoding: EncodingName,
  rules: TokenRules,
  { first, seeds, isHere }: SeedRange,
): Promise<void> {
  for (let seed = first; seed < first + seeds; seed += 1) {
    const part = { encoding, rules, seed };
    const isSame = isHere ? play(part) : await playElsewhere(part);
    if (!isSame) process.exitCode = 1;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    encoding: { type: 'string' },
    rules: { type: 'string' },
    /** In this very process. */
    only: { type: 'boolean' },
  },
});
const range: SeedRange = {
  seeds: numberOf(positionals[0], 1),
  first: numberOf(positionals[1], 1),
  isHere: values.only === true,
};
for (const encoding of namedOf(ENCODINGS, values.encoding)) {
  for (const rules of namedOf(TOKEN_RULES, values.rules)) await playSeeds(encoding, rules, range);
}
