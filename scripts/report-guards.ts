import { openPagefold, RUNTIME_MODES } from '../src/index.ts';
import { linkedFixes } from '../test/lib/guards/linked-fixes.ts';
import { airlineRuns, hasRealCalls, rightDialogues } from '../test/lib/guards/real-calls.ts';
import { replay, type ReplayedCall, tallyGuards } from '../test/lib/guards/replay.ts';
import { repeatedCalls, saturatingSeries } from '../test/lib/guards/seeded-loops.ts';

/** Prints what guards say of real tool calls, guard by guard, and what the memory of tools links in them. */
if (!hasRealCalls) process.exit(1);

const runs = [...airlineRuns(), ...rightDialogues()];
for (const mode of RUNTIME_MODES) {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const replayed: ReplayedCall[] = [];
  // One after the other: each is a conversation.
  for (const [index, run] of runs.entries())
    replayed.push(...(await replay(pagefold, { sessionId: `run-${index}`, run, mode })));
  const right = replayed.filter(({ isRight }) => isRight);
  const blocked = right.filter(({ result }) => result.status === 'blocked');
  const hints = replayed.filter(({ result }) => result.suggestion !== null);
  console.log(
    `\nMode ${mode}: ${replayed.length} calls, ${right.length} of them known to be right`,
  );
  console.table(tallyGuards(replayed));
  console.log(
    `Refused of the right ones: ${blocked.length} (${share(blocked.length, right.length)})`,
  );
  console.log(`Failures answered with what put such a failure right before: ${hints.length}`);
}

const [repeated, saturated] = [repeatedCalls(runs), saturatingSeries(runs)];
const { fixed, right, wrong } = linkedFixes(airlineRuns());
console.log('\nLoops and links');
console.table({
  'calls and pairs six times': { of: repeated.made, found: repeated.caught },
  'series that saturate': { of: saturated.made, found: saturated.caught },
  'failures linked to their fix': { of: fixed, found: right },
  'links that are wrong': { of: right + wrong, found: wrong },
});

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(2)}%`;
}
