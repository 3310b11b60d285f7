import { describe, expect, test } from 'vitest';

import type { EventFigures } from '../../../src/domain/log-event.ts';
import { MAX_CORRECTIONS } from '../../../src/domain/session-state.ts';
import type { CommandOf } from '../../lib/commands.ts';
import { aBilling, aUsage, figures } from '../../lib/events.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

function correct(
  session: TestSession,
  position: number,
  after: EventFigures,
): CommandOf<'change-event-usage'> {
  const event = session.toSession().events.find((candidate) => candidate.position === position)!;
  const before = { tokenUsage: event.tokenUsage, billing: event.billing };
  return {
    type: 'change-event-usage',
    eventId: event.id,
    eventPosition: position,
    before,
    after,
    basisVersion: session.state.version,
  };
}

describe('change-event-usage', () => {
  const reported = figures(
    aUsage({ promptTokens: 0, completionTokens: 9, model: 'large' }),
    aBilling({ model: 'large', costPico: '1000', usage: { inputTokens: 50, outputTokens: 9 } }),
  );

  test('C-17: moves the totals by the difference', () => {
    const session = aSession().says('12345').answers('123');
    session.run(correct(session, 3, reported));
    expect(session.state.totals).toMatchObject({
      promptTokens: 5,
      completionTokens: 9,
      totalTokens: 14,
      billed: { inputTokens: 50, outputTokens: 9 },
      costPico: 1000n,
      pricedCalls: 1,
      models: {
        small: { promptTokens: 5, completionTokens: 0, totalTokens: 5, costPico: 0n },
        large: { promptTokens: 0, completionTokens: 9, totalTokens: 9, costPico: 1000n },
      },
    });
  });

  test('C-17: the summary of the session follows', () => {
    const session = aSession().says('12345').answers('123');
    session.run(correct(session, 3, reported));
    expect(session.toSession().tokenSummary).toMatchObject({
      totalTokens: 14,
      totalEstimatedCostUsd: '0.000000001',
    });
  });

  test('W-47: taking figures away leaves nothing behind', () => {
    const session = aSession().answers('123');
    session.run(correct(session, 2, figures()));
    const { models, counts, ...sums } = session.state.totals;
    expect(sums).toEqual({
      promptTokens: 0,
      completionTokens: 0,
      totalTokens: 0,
      billed: {},
      costPico: 0n,
      pricedCalls: 0,
      unpricedCalls: 0,
    });
    expect([counts.events, models['small']?.costPico]).toEqual([1, 0n]);
  });

  test('is a conflict when the event was corrected since it was read, and nothing else is one', () => {
    const session = aSession().answers('123').answers('456');
    const [command, other] = [correct(session, 2, reported), correct(session, 3, reported)];
    session.says('meanwhile');
    session.run(other);
    expect(session.decide(command)).toMatchObject({ kind: 'accepted' });

    session.run(command);

    expect(session.decide(command)).toMatchObject({
      kind: 'rejected',
      error: { code: 'SESSION_CONFLICT', retryable: true, data: { expected: 3, actual: 6 } },
    });
  });

  test('is a conflict when more were corrected since it was read than a state remembers', () => {
    const session = aSession().answers('123').answers('456');
    const command = correct(session, 2, reported);
    for (let count = 1; count < MAX_CORRECTIONS; count += 1)
      session.run(correct(session, 3, count % 2 === 0 ? figures() : reported));
    expect(session.decide(command)).toMatchObject({ kind: 'accepted' });

    session.run(correct(session, 3, reported));

    expect(session.state.corrections).toHaveLength(MAX_CORRECTIONS);
    expect(session.decide(command)).toMatchObject({ error: { code: 'SESSION_CONFLICT' } });
  });

  test('is only true right after the state it was made from', () => {
    const session = aSession().answers('123');
    expect(session.decide(correct(session, 2, reported))).toMatchObject({ mode: 'expected' });
  });

  test('W-29: a fork cannot change what its origin paid for', () => {
    const fork = aSession().says('u0').answers('123').fork('fork-1').answers('mine');
    expect(fork.decide(correct(fork, 3, reported))).toMatchObject({
      kind: 'rejected',
      error: { code: 'INVALID_SESSION_OPERATION', operation: 'events.correctUsage' },
    });
    expect(fork.run(correct(fork, 5, reported)).kind).toBe('accepted');
    expect(fork.state.totals).toMatchObject({ costPico: 1000n, completionTokens: 12 });
  });
});

describe('change-event-metadata', () => {
  test('C-18: changes the event in the read model and nothing in the totals', () => {
    const session = aSession().says('a', { id: 'e', metadata: { a: 1, b: 2 } });
    const before = session.state.totals;
    const change = { set: { b: 3, c: null }, remove: ['a'] };
    session.run({ type: 'change-event-metadata', eventId: 'e', change });
    expect(session.toSession().events[0]?.metadata).toEqual({ b: 3, c: null });
    expect(session.state.totals).toBe(before);
  });

  test('of an event that is not there changes nothing', () => {
    const session = aSession().says('a', { id: 'e' });
    const events = session.toSession().events;
    const change = { set: { x: 1 }, remove: [] };
    session.run({ type: 'change-event-metadata', eventId: 'gone', change });
    expect(session.toSession().events).toEqual(events);
  });
});
