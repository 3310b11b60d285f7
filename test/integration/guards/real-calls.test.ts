import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { ToolMemoryManager } from '../../../src/procedures/tool-memory-manager.ts';
import { aToolState } from '../../lib/guards/a-tool-state.ts';
import { airlineRuns, hasRealCalls, rightDialogues } from './real-calls.ts';
import type { RealCall, RealRun } from './real-calls.ts';

const ROUNDS = 6;

/** Whether one of these calls, made over and over, is refused. */
function isCaught(userText: string, calls: readonly RealCall[]): boolean {
  const state = aToolState();
  state.resetForNewPrompt(userText);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const call of calls) {
      const report = state.beginCall(call.toolName, call.arguments);
      if (
        report.findings.some(
          ({ guard, result }) => guard === 'runaway' && result.verdict === 'block',
        )
      )
        return true;
      state.finishCall(call);
    }
  }
  return false;
}

function verdictsOf(run: RealRun): readonly string[] {
  const state = aToolState();
  return run.turns.flatMap(({ userText, calls }) => {
    state.resetForNewPrompt(userText);
    return calls.map((call) => {
      const { verdict } = state.beginCall(call.toolName, call.arguments);
      state.finishCall(call);
      return verdict;
    });
  });
}

/** The value that comes first among the arguments: what a call is about. */
function subjectOf(args: RealCall['arguments']): JsonValue {
  return Object.values(args)[0] ?? null;
}

/** For each failure the first later success of its tool about the same thing, by position in the run. */
function trueFixes(calls: readonly RealCall[]): ReadonlyMap<number, number> {
  const fixes = new Map<number, number>();
  for (const [at, failure] of calls.entries()) {
    if (!failure.hasFailed) continue;
    const fix = calls.findIndex(
      (call, index) =>
        index > at &&
        !call.hasFailed &&
        call.toolName === failure.toolName &&
        subjectOf(call.arguments) === subjectOf(failure.arguments),
    );
    if (fix > at) fixes.set(at, fix);
  }
  return fixes;
}

function callsOf(run: RealRun): readonly RealCall[] {
  return run.turns.flatMap(({ calls }) => calls);
}

describe.skipIf(!hasRealCalls)('guards over real calls', () => {
  const runs = hasRealCalls ? [...airlineRuns(), ...rightDialogues()] : [];

  test('G-58, G-62, G-W46: refuse at most 0.5% of calls that are right', () => {
    const verdicts = runs.filter(({ isRight }) => isRight).flatMap(verdictsOf);
    const refused = verdicts.filter((verdict) => verdict === 'block').length;

    expect(verdicts.length).toBeGreaterThan(700);
    expect(refused / verdicts.length).toBeLessThanOrEqual(0.005);
  });

  test('G-55, G-56: find at least 99% of calls that are made six times, alone and in pairs', () => {
    const turns = runs.flatMap((run) => run.turns);
    const loops = turns.flatMap(({ userText, calls }) =>
      calls.flatMap((call, index) => {
        const next = calls[index + 1];
        const alone = isCaught(userText, [call]);
        return next === undefined ? [alone] : [alone, isCaught(userText, [call, next])];
      }),
    );

    expect(loops.length).toBeGreaterThan(1_500);
    expect(loops.filter(Boolean).length / loops.length).toBeGreaterThanOrEqual(0.99);
  });

  test('G-55: find series of numbers that come to a halt', () => {
    const calls = runs.flatMap(callsOf).slice(0, 400);
    const caught = calls.map(({ toolName, arguments: args }, index) => {
      const state = aToolState({ limits: { executionBudget: 99, toolBudgetTotal: 99 } });
      return Array.from({ length: 16 }, (_, step) => {
        const given = { ...args, x: index + 0.37 + step * 1.7 };
        if (state.beginCall(toolName, given).verdict === 'block') return true;
        // Towards 1 and 0, as distribution functions do, until the machine's precision ends.
        const result = index % 2 === 0 ? 1 - 10 ** -(step * 2) : 10 ** -(step * 2);
        state.finishCall({ toolName, arguments: given, result });
        return false;
      }).includes(true);
    });

    expect(caught.filter(Boolean).length / caught.length).toBeGreaterThanOrEqual(0.99);
  });
});

describe.skipIf(!hasRealCalls)('the memory of tools over real calls', () => {
  test('G-88, G-89, G-W53: links at least 90% of failures to what put them right, at most 2% of links are wrong', () => {
    let fixed = 0;
    let linked = 0;
    let links = 0;
    for (const run of airlineRuns()) {
      const calls = callsOf(run);
      const memory = new ToolMemoryManager({}, { nowMs: () => 0 });
      const ids = calls.map((call) => {
        const { toolName, arguments: args, result, hasFailed } = call;
        return memory.recordCall({
          toolName,
          arguments: args,
          result,
          outcome: hasFailed ? 'failure' : 'success',
        }).id;
      });
      const truth = trueFixes(calls);
      const found = new Map(
        memory.fixRelations().map((link) => [link.failedCallId, link.successCallId]),
      );
      links += found.size;
      fixed += truth.size;
      linked += [...truth].filter(
        ([failure, fix]) => found.get(ids[failure] ?? '') === ids[fix],
      ).length;
    }

    expect(fixed).toBeGreaterThan(20);
    expect(linked / fixed).toBeGreaterThanOrEqual(0.9);
    expect((links - linked) / links).toBeLessThanOrEqual(0.02);
  });
});
