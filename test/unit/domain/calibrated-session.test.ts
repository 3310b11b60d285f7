import { describe, expect, test } from 'vitest';

import { MAX_CALIBRATED_MODELS } from '../../../src/domain/calibration.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src/store/codec.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

const TEN = 'ten chars.';

/** A session whose model counts are estimates: one token a character here. */
function anEstimatingSession(): TestSession {
  return aSession({ env: { isExactFor: () => false } });
}

/** The tokens that the latest event was counted with. */
function latestTokens(session: TestSession): number | undefined {
  return session.toSession().events.at(-1)?.contentTokens;
}

describe('a session whose model is estimated', () => {
  test('counts as the provider does once an answer told how that is', () => {
    const session = anEstimatingSession();
    session.answers(TEN, { reportedUsage: { inputTokens: 100, outputTokens: 15 } });
    expect(latestTokens(session)).toBe(10);

    session.says(TEN);
    expect(latestTokens(session)).toBe(15);
    session.run({ type: 'set-system-prompt', systemPrompt: TEN, model: 'small', create: null });
    expect(session.state.systemPromptTokens).toBe(15);
  });

  test('compares with its own count and not with the corrected one', () => {
    const session = anEstimatingSession();
    for (let turn = 0; turn < 4; turn += 1)
      session.answers(TEN, { reportedUsage: { outputTokens: 15 } });

    expect(session.state.calibrations).toEqual({ small: { ratios: [1.5, 1.5, 1.5, 1.5] } });
  });

  test('does not count as text what a model thought before it answered', () => {
    const session = anEstimatingSession();
    session.answers(TEN, { reportedUsage: { outputTokens: 512, outputReasoningTokens: 500 } });

    expect(session.state.calibrations).toEqual({ small: { ratios: [1.2] } });
  });

  test('learns nothing from questions, tool calls, failures to report, and calls of tools', () => {
    const session = anEstimatingSession();
    session.says(TEN, { reportedUsage: { outputTokens: 20 } });
    session.usesTool({ tool: 'x' }, { reportedUsage: { outputTokens: 20 } });
    session.answers(TEN);
    session.answers(TEN, { reportedUsage: { inputTokens: 20 } });
    session.answers(
      { role: 'assistant', content: TEN, tool_calls: [] },
      { reportedUsage: { outputTokens: 20 } },
    );
    session.answers('', { reportedUsage: { outputTokens: 20 } });

    expect(session.state.calibrations).toEqual({});
  });

  test('keeps models apart, and forgets the one heard of longest ago', () => {
    const session = anEstimatingSession();
    const models = Array.from({ length: MAX_CALIBRATED_MODELS + 1 }, (_, n) => `model-${n}`);
    for (const model of models)
      session.answers(TEN, { model, reportedUsage: { outputTokens: 20 } });

    expect(Object.keys(session.state.calibrations)).toEqual(models.slice(1));
    session.says(TEN, { model: 'model-0' });
    expect(latestTokens(session)).toBe(10);
    session.says(TEN, { model: 'model-5' });
    expect(latestTokens(session)).toBe(20);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'has no model called %s by itself',
    (model) => {
      const session = anEstimatingSession();
      session.says(TEN, { model });
      expect(latestTokens(session)).toBe(10);
      session.answers(TEN, { model, reportedUsage: { outputTokens: 20 } });
      session.says(TEN, { model });
      expect(latestTokens(session)).toBe(20);
      expect(Object.keys(session.state.calibrations)).toEqual([model]);
    },
  );

  test('keeps what it learned in snapshots and forks', () => {
    const session = anEstimatingSession();
    session.answers(TEN, { reportedUsage: { outputTokens: 12 } });

    expect(decodeSnapshot(encodeSnapshot(session.state))).toEqual(session.state);
    expect(session.fork('fork-1').state.calibrations).toEqual({ small: { ratios: [1.2] } });
  });
});

test('a session whose model is counted exactly learns nothing', () => {
  const session = aSession();
  session.answers(TEN, { reportedUsage: { outputTokens: 15 } });

  expect(session.state.calibrations).toEqual({});
  expect(session.entries.at(-1)?.event).not.toHaveProperty('observation');
});
