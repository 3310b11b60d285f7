import { describe, expect, test } from 'vitest';

import type { NewEvent } from '../../../src/domain/command.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src/store/codec.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

/** Forty tokens where one character is one. */
const FORTY = 'forty characters are forty tokens here..';

/** A session whose model counts are estimates: one token a character here. */
function anEstimatingSession(): TestSession {
  return aSession({ env: { isExactFor: () => false } });
}

/** Answers whose provider counted so many tokens, three times so that it counts. */
function learn(session: TestSession, outputTokens: number, options: Partial<NewEvent> = {}): void {
  for (let turn = 0; turn < 3; turn += 1)
    session.answers(FORTY, { reportedUsage: { outputTokens }, ...options });
}

/** The tokens that the latest event was counted with. */
function latestTokens(session: TestSession): number | undefined {
  return session.toSession().events.at(-1)?.contentTokens;
}

describe('a session whose model is estimated', () => {
  test('counts as the provider does once answers told how that is', () => {
    const session = anEstimatingSession();
    learn(session, 60);
    expect(latestTokens(session)).toBe(40);

    session.says(FORTY);
    expect(latestTokens(session)).toBe(60);
    session.run({ type: 'set-system-prompt', systemPrompt: FORTY, model: 'small', create: null });
    expect(session.state.systemPromptTokens).toBe(60);
  });

  test('compares with its own count and not with the corrected one', () => {
    const session = anEstimatingSession();
    learn(session, 60);
    learn(session, 60);

    expect(session.state.calibrations).toEqual([
      { model: 'small', ratios: [1.5, 1.5, 1.5, 1.5, 1.5, 1.5] },
    ]);
  });

  test('does not count as text what a model is known to have thought', () => {
    const session = anEstimatingSession();
    session.answers(FORTY, { reportedUsage: { outputTokens: 548, outputReasoningTokens: 500 } });

    expect(session.state.calibrations).toEqual([{ model: 'small', ratios: [1.2] }]);
  });

  test('learns nothing from questions, tool calls and answers without a report', () => {
    const session = anEstimatingSession();
    session.says(FORTY, { reportedUsage: { outputTokens: 50 } });
    session.usesTool({ tool: FORTY }, { reportedUsage: { outputTokens: 50 } });
    session.answers(FORTY);
    session.answers(FORTY, { reportedUsage: { inputTokens: 50 } });

    expect(session.state.calibrations).toEqual([]);
  });

  test.each<[string, JsonValue]>([
    ['calls', { role: 'assistant', content: FORTY, tool_calls: [] }],
    [
      'a part that calls a tool',
      [
        { type: 'text', text: FORTY },
        { type: 'tool_use', id: 'x' },
      ],
    ],
    [
      'thinking',
      [
        { type: 'thinking', thinking: '' },
        { type: 'text', text: FORTY },
      ],
    ],
    [
      'a picture',
      [
        { type: 'text', text: FORTY },
        { type: 'image', url: 'x' },
      ],
    ],
  ])('learns nothing from an answer with %s', (_, message) => {
    const session = anEstimatingSession();
    session.answers(message, { reportedUsage: { outputTokens: 60 } });

    expect(session.state.calibrations).toEqual([]);
  });

  test('learns from answers in parts of text', () => {
    const session = anEstimatingSession();
    session.answers([{ type: 'output_text', text: FORTY }], {
      reportedUsage: { outputTokens: 90 },
    });

    expect(session.state.calibrations).toHaveLength(1);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'has no model called %s by itself',
    (model) => {
      const session = anEstimatingSession();
      session.says(FORTY, { model });
      expect(latestTokens(session)).toBe(40);
      learn(session, 80, { model });
      session.says(FORTY, { model });
      expect(latestTokens(session)).toBe(80);
      expect(decodeSnapshot(encodeSnapshot(session.state))).toEqual(session.state);
      expect(Object.keys(session.state.totals.models)).toContain(model);
    },
  );

  test('keeps what it learned in snapshots and forks', () => {
    const session = anEstimatingSession();
    learn(session, 48);

    expect(decodeSnapshot(encodeSnapshot(session.state))).toEqual(session.state);
    expect(session.fork('fork-1').state.calibrations).toEqual(session.state.calibrations);
  });
});

test('a session whose model is counted exactly learns nothing', () => {
  const session = aSession();
  session.answers(FORTY, { reportedUsage: { outputTokens: 60 } });

  expect(session.state.calibrations).toEqual([]);
  expect(session.entries.at(-1)?.event).not.toHaveProperty('observation');
});
