import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { compareRounds } from '../row.ts';
import type { BenchRow } from '../row.ts';
import type { BlockCost, MessageCosts } from './message-process.ts';
import { MESSAGE_TOKENS } from './messages.ts';

const PROCESS = fileURLToPath(import.meta.resolve('./message-process.ts'));

/** Messages that no contender has seen, one call each. */
export function messageRows(encoding: EncodingName): readonly BenchRow[] {
  const args = [...process.execArgv, PROCESS, encoding];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const { ours, ...peers } = JSON.parse(printed) as MessageCosts; // what it prints
  if (ours === undefined) return [];
  return Object.entries(peers).flatMap(([peer, theirs]) => {
    const rounds = roundsOfBoth(ours, theirs);
    return rounds.length === 0 ? [] : [rowOf(encoding, peer, rounds)];
  });
}

interface Round {
  readonly own: BlockCost;
  readonly other: BlockCost;
}

function rowOf(encoding: EncodingName, peer: string, rounds: readonly Round[]): BenchRow {
  const { least, most } = MESSAGE_TOKENS;
  const title = `${encoding}, new message or paragraph of ${least} to ${most} tokens`;
  const wrong = rounds.filter(({ own, other }) => own.tokens !== other.tokens).length;
  const metric = wrong > 0 ? `${title}, peer: ${wrong} blocks counted otherwise` : title;
  const both = {
    ours: rounds.map(({ own }) => own.microseconds),
    theirs: rounds.map(({ other }) => other.microseconds),
  };
  return compareRounds({ metric, unit: 'CPU µs', peer }, both, 'lower');
}

/** The blocks that both were given. */
function roundsOfBoth(
  ours: readonly (BlockCost | null)[],
  theirs: readonly (BlockCost | null)[],
): readonly Round[] {
  return ours.flatMap((own, index) => {
    const other = theirs[index] ?? null;
    return own === null || other === null ? [] : [{ own, other }];
  });
}
