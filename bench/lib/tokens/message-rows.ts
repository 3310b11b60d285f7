import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { compareRounds } from '../row.ts';
import type { BenchRow, Rounds } from '../row.ts';
import type { MessageCosts } from './message-process.ts';
import { MESSAGE_TOKENS } from './messages.ts';

const PROCESS = fileURLToPath(import.meta.resolve('./message-process.ts'));

/** Messages that no contender has seen, one call each. */
export function messageRows(encoding: EncodingName): readonly BenchRow[] {
  const args = [...process.execArgv, PROCESS, encoding];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const { ours, ...peers } = JSON.parse(printed) as MessageCosts; // what it prints
  if (ours === undefined) return [];
  const { least, most } = MESSAGE_TOKENS;
  return Object.entries(peers).map(([peer, theirs]) =>
    compareRounds(
      { metric: `${encoding}, new message of ${least} to ${most} tokens`, unit: 'CPU µs', peer },
      roundsOfBoth(ours, theirs),
      'lower',
    ),
  );
}

/** The blocks that both were given. */
function roundsOfBoth(
  ours: readonly (number | null)[],
  theirs: readonly (number | null)[],
): Rounds {
  const both = ours.flatMap((own, index) => {
    const other = theirs[index] ?? null;
    return own === null || other === null ? [] : [{ own, other }];
  });
  return { ours: both.map(({ own }) => own), theirs: both.map(({ other }) => other) };
}
