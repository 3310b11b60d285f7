import { describe, expect, test } from 'vitest';
import type { ToolResult } from '../../../src/index.ts';
import { GUARD_NAMES, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import { trueFixes } from '../../lib/guards/linked-fixes.ts';
import { airlineRuns, hasRealCalls, rightDialogues } from '../../lib/guards/real-calls.ts';
import { replay, type ReplayedCall, tallyGuards } from '../../lib/guards/replay.ts';

describe.skipIf(!hasRealCalls)('SessionAwareToolProcessor over real calls', () => {
  test('G-58, G-111, G-115: refuses at most 0.5% of calls that are right, tells what each tool gave, and which guard said what', async () => {
    const runs = [...airlineRuns(), ...rightDialogues()];
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const all: ReplayedCall[] = [];
    for (const [index, run] of runs.entries()) {
      // One after the other: each holds its conversation.
      const replayed = await replay(pagefold, { sessionId: `run-${index}`, run });
      all.push(...replayed);
      const { toolCalls } = await pagefold.session(`run-${index}`).getStats();

      expect(toolCalls).toBe(replayed.length);
    }
    const right = all.filter(({ isRight }) => isRight);
    const refused = all.filter(({ result }) => result.status === 'blocked');
    const ran = all.filter(({ result }) => result.status !== 'blocked');
    const worked = ran.filter(({ call }) => !call.hasFailed);

    expect(right.length).toBeGreaterThan(700);
    expect(refused.filter(({ isRight }) => isRight).length / right.length).toBeLessThanOrEqual(
      0.005,
    );
    expect(worked.map(({ result }) => result.value)).toEqual(worked.map(({ call }) => call.result));
    expect(
      ran.filter(({ call, result }) => call.hasFailed === (result.status === 'succeeded')),
    ).toEqual([]);

    const tally = tallyGuards(all);
    expect(tally.map(({ guard }) => guard)).toEqual([...GUARD_NAMES]);
    // No guard by itself refuses more than all of them may.
    expect(tally.filter(({ blocksOfRight }) => blocksOfRight / right.length > 0.005)).toEqual([]);
    expect(tally.reduce((sum, { blocks }) => sum + blocks, 0)).toBeGreaterThanOrEqual(
      refused.length,
    );
    expect(all.filter(({ result }) => findsNothing(result)).length).toBeGreaterThan(700);
  }, 60_000);

  test('G-88, G-89: links at least 90% of failures to what put them right, as it folds them from the log', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    let [failures, linked] = [0, 0];
    for (const [index, run] of airlineRuns().entries()) {
      // One after the other: each holds its conversation.
      const replayed = await replay(pagefold, { sessionId: `run-${index}`, run });
      const session = pagefold.session(`run-${index}`);
      const processor = await SessionAwareToolProcessor.create(session, { execute: () => null });
      const memory = await processor.procedures!.memory();
      const fixed = new Set(memory.fixRelations().map(({ failedCallId }) => failedCallId));
      linked += fixed.size;
      failures += trueFixes(replayed.map(({ call }) => call)).size;
    }

    expect(failures).toBeGreaterThan(20);
    expect(linked / failures).toBeGreaterThanOrEqual(0.9);
    expect(linked / failures).toBeLessThanOrEqual(1.02);
  }, 60_000);
});

function findsNothing({ findings }: ToolResult): boolean {
  return findings.length === 0;
}
