import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ENCODINGS, TOKEN_RULES } from '../src/kernel/token-rules.ts';
import type { EncodingName, TokenRules } from '../src/kernel/token-rules.ts';
import { findDifferences } from '../test/lib/tokens/differences.ts';
import { randomTexts } from '../test/lib/tokens/random-text.ts';

// Compares ids and counts of random texts with those of the packages that the rules follow: `fuzz:tokens -- TEXTS [SEED]`.
// Every encoding and set of rules has a process of its own, one after the other.

/** Texts of one seed; the next ones come from the next seed. */
const CHUNK = 50_000;

interface Part {
  readonly encoding: EncodingName;
  readonly rules: TokenRules;
  readonly texts: number;
  readonly seed: number;
}

/** Plays one part and prints what differs; false when anything does. */
function play({ encoding, rules, texts, seed }: Part): boolean {
  for (let done = 0; done < texts; done += CHUNK) {
    const count = Math.min(CHUNK, texts - done);
    const differences = findDifferences(randomTexts(seed + done / CHUNK, count), {
      encoding,
      rules,
    });
    for (const difference of differences) console.log(JSON.stringify(difference));
    if (differences.length > 0) return false;
    process.stderr.write(`\r${encoding}, ${rules}: ${done + count} of ${texts} `);
  }
  process.stderr.write('\n');
  console.log(`${encoding}, ${rules}: ${texts} texts from seed ${seed}, no difference`);
  return true;
}

function playElsewhere(part: Part): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const args = ['--part', part.encoding, part.rules, String(part.texts), String(part.seed)];
    const child = fork(fileURLToPath(import.meta.url), args, { execArgv: process.execArgv });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function playAll(texts: number, seed: number): Promise<void> {
  for (const encoding of ENCODINGS) {
    for (const rules of TOKEN_RULES) {
      if (!(await playElsewhere({ encoding, rules, texts, seed }))) process.exitCode = 1;
    }
  }
}

function numberOf(text: string | undefined, fallback: number): number {
  const value = Number(text ?? fallback);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error('Usage: fuzz:tokens -- TEXTS [SEED]');
}

function knownOf<Name extends string>(names: readonly Name[], text: string | undefined): Name {
  const name = names.find((each) => each === text);
  if (name === undefined) throw new Error(`${text} is none of ${names.join(', ')}.`);
  return name;
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--part') {
  const [encoding, rules, texts, seed] = rest;
  const isSame = play({
    encoding: knownOf(ENCODINGS, encoding),
    rules: knownOf(TOKEN_RULES, rules),
    texts: numberOf(texts, 0),
    seed: numberOf(seed, 1),
  });
  if (!isSame) process.exitCode = 1;
} else {
  await playAll(numberOf(first, 20_000), numberOf(rest[0], 1));
}
