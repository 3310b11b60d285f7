import { describe, expect, test } from 'vitest';
import { aToolState } from '../../lib/guards/a-tool-state.ts';
import { linkedFixes } from '../../lib/guards/linked-fixes.ts';
import {
  airlineRuns,
  hasRealCalls,
  type RealRun,
  rightDialogues,
} from '../../lib/guards/real-calls.ts';
import { repeatedCalls, saturatingSeries } from '../../lib/guards/seeded-loops.ts';

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

describe.skipIf(!hasRealCalls)('guards over real calls', () => {
  const runs = hasRealCalls ? [...airlineRuns(), ...rightDialogues()] : [];

  test('G-58, G-62, G-W46: refuse at most 0.5% of calls that are right', () => {
    const verdicts = runs.filter(({ isRight }) => isRight).flatMap(verdictsOf);
    const refused = verdicts.filter((verdict) => verdict === 'block').length;

    expect(verdicts.length).toBeGreaterThan(700);
    expect(refused / verdicts.length).toBeLessThanOrEqual(0.005);
  });

  test('G-55, G-56: find at least 99% of calls that are made six times, alone and in pairs', () => {
    const { made, caught } = repeatedCalls(runs);

    expect(made).toBeGreaterThan(1_500);
    expect(caught / made).toBeGreaterThanOrEqual(0.99);
  });

  test('G-55: find series of numbers that come to a halt', () => {
    const { made, caught } = saturatingSeries(runs);

    expect(made).toBe(400);
    expect(caught / made).toBeGreaterThanOrEqual(0.99);
  });
});

describe.skipIf(!hasRealCalls)('the memory of tools over real calls', () => {
  test('G-88, G-89, G-W53: links at least 90% of failures to what put them right, at most 2% of links are wrong', () => {
    const { fixed, right, wrong } = linkedFixes(airlineRuns());

    expect(fixed).toBeGreaterThan(20);
    expect(right / fixed).toBeGreaterThanOrEqual(0.9);
    expect(wrong / (right + wrong)).toBeLessThanOrEqual(0.02);
  });
});
