import { describe, expect, test } from 'vitest';
import type { Pagefold, ToolResult } from '../../../src/index.ts';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import {
  airlineRuns,
  hasRealCalls,
  type RealCall,
  type RealRun,
  rightDialogues,
} from '../guards/real-calls.ts';

interface Replayed {
  readonly call: RealCall;
  readonly result: ToolResult;
}

/** Gives a run, turn by turn and call by call, to a processor whose tools answer as the data say. */
async function replay(pagefold: Pagefold, id: string, run: RealRun): Promise<readonly Replayed[]> {
  const session = pagefold.session(id);
  const answers: RealCall[] = [];
  const processor = await SessionAwareToolProcessor.create(session, {
    execute: () => {
      const answer = answers.shift();
      if (answer?.hasFailed === true) throw new Error(JSON.stringify(answer.result));
      return answer?.result;
    },
    defaults: { breaker: false, retry: { maxRetries: 0 } },
  });
  const replayed: Replayed[] = [];
  for (const [turn, { userText, calls }] of run.turns.entries()) {
    // In order: a run is a conversation.
    await session.userSays(userText);
    for (const [index, call] of calls.entries()) {
      answers.splice(0, answers.length, call);
      const [result] = await processor.processLlmMessage({
        tool_calls: [
          {
            id: `${turn}-${index}`,
            function: { name: call.toolName, arguments: JSON.stringify(call.arguments) },
          },
        ],
      });
      replayed.push({ call, result: result! });
    }
  }
  return replayed;
}

describe.skipIf(!hasRealCalls)('SessionAwareToolProcessor over real calls', () => {
  test('G-58, G-111, G-115: refuses at most 0.5% of calls that are right, and tells what each tool gave', async () => {
    const runs = [...airlineRuns(), ...rightDialogues()];
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const all: (Replayed & { readonly isRight: boolean })[] = [];
    for (const [index, run] of runs.entries()) {
      // One after the other: each holds its conversation.
      const replayed = await replay(pagefold, `run-${index}`, run);
      all.push(...replayed.map((entry) => ({ ...entry, isRight: run.isRight })));
      const { toolCalls } = await pagefold.session(`run-${index}`).getStats();

      expect(toolCalls).toBe(replayed.length);
    }
    const right = all.filter(({ isRight }) => isRight);
    const refused = right.filter(({ result }) => result.status === 'blocked');
    const ran = all.filter(({ result }) => result.status !== 'blocked');
    const worked = ran.filter(({ call }) => !call.hasFailed);

    expect(right.length).toBeGreaterThan(700);
    expect(refused.length / right.length).toBeLessThanOrEqual(0.005);
    expect(worked.map(({ result }) => result.value)).toEqual(worked.map(({ call }) => call.result));
    expect(
      ran.filter(({ call, result }) => call.hasFailed === (result.status === 'succeeded')),
    ).toEqual([]);
  }, 60_000);

  test('G-88, G-89: links at least 90% of failures to what put them right, as it folds them from the log', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    let [failures, linked] = [0, 0];
    for (const [index, run] of airlineRuns().entries()) {
      // One after the other: each holds its conversation.
      const replayed = await replay(pagefold, `run-${index}`, run);
      const session = pagefold.session(`run-${index}`);
      const processor = await SessionAwareToolProcessor.create(session, { execute: () => null });
      const memory = await processor.procedures!.memory();
      const fixed = new Set(memory.fixRelations().map(({ failedCallId }) => failedCallId));
      linked += fixed.size;
      failures += replayed.filter(({ call }, at) => isFixedLater(replayed, call, at)).length;
    }

    expect(failures).toBeGreaterThan(20);
    expect(linked / failures).toBeGreaterThanOrEqual(0.9);
    expect(linked / failures).toBeLessThanOrEqual(1.02);
  }, 60_000);
});

/** Whether a later call of the tool about the same thing, its first argument, succeeded. */
function isFixedLater(replayed: readonly Replayed[], failure: RealCall, at: number): boolean {
  if (!failure.hasFailed) return false;
  const subject = ({ arguments: args }: RealCall): unknown => Object.values(args)[0];
  return replayed
    .slice(at + 1)
    .some(
      ({ call }) =>
        !call.hasFailed && call.toolName === failure.toolName && subject(call) === subject(failure),
    );
}
