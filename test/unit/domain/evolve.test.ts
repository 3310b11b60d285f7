import { describe, expect, test } from 'vitest';

import { evolve, evolveAll } from '../../../src/domain/evolve.ts';
import { MAX_CARRIED_EXCHANGES, MAX_RESIDENT_SEGMENTS } from '../../../src/domain/segment.ts';
import { lastUpdateMs, standingTokens } from '../../../src/domain/session-state.ts';
import { aPolicy } from '../../lib/commands.ts';
import { anEvent } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

describe('evolve', () => {
  test('counts records and remembers when the latest came', () => {
    const session = aSession().advance(1000).says('a').advance(1000);
    session.run({ type: 'set-parent', parentId: 'p' });
    expect(session.state).toMatchObject({
      version: 3,
      createdAtMs: 1_000_000,
      lastEventAtMs: 1_001_000,
      updatedAtMs: 1_002_000,
    });
  });

  test('C-9: the last update of the conversation is its latest event, else its creation', () => {
    const session = aSession().advance(1000);
    session.run({ type: 'change-values', change: { set: { a: 1 }, remove: [] } });
    expect(lastUpdateMs(session.state)).toBe(1_000_000);
    session.says('a');
    expect(lastUpdateMs(session.state)).toBe(1_001_000);
    session.advance(1000);
    session.run({ type: 'close-segment', policy: aPolicy(), model: 'small' });
    expect(lastUpdateMs(session.state)).toBe(1_002_000);
  });

  test('C-9: a clock that goes back does not take the last update back', () => {
    const session = aSession().says('a').advance(-5000).says('b');
    expect(lastUpdateMs(session.state)).toBe(1_000_000);
  });

  test('a log begins with a creation', () => {
    const event = anEvent();
    const recorded = { type: 'event-recorded', atMs: 1, event, idempotencyKey: null } as const;
    expect(() => evolve(null, recorded)).toThrow('a log cannot begin with event-recorded');
    expect(evolveAll(null, [])).toBeNull();
  });

  test('keeps what it has bounded while the log grows', () => {
    const policy = aPolicy({ maxTurnsPerSegment: 20, carryTokens: 1_000_000 });
    const session = aSession({ policy });
    for (let n = 0; n < 1000; n += 1) session.says(`What about question ${n}?`).answers('yes');
    const { closed, open } = session.state;
    expect(closed.length).toBeLessThanOrEqual(MAX_RESIDENT_SEGMENTS);
    expect(closed.map((segment) => segment.number)).toEqual(
      closed.map((_, index) => 100 - closed.length + index),
    );
    expect(open.exchanges.length).toBeLessThanOrEqual(MAX_CARRIED_EXCHANGES);
    expect(JSON.stringify({ ...session.state, totals: null }).length).toBeLessThan(10_000);
  });

  test('C-123: segments follow one another without a gap', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    for (let n = 0; n < 5; n += 1) session.says(`u${n}`).answers(`a${n}`);
    const { closed, open } = session.state;
    const starts = [...closed, open].map((segment) => segment.fromPosition);
    const ends = closed.map((segment) => segment.toPosition);
    expect(starts).toEqual([2, ...ends.map((end) => end + 1)]);
  });
});

describe('a fork', () => {
  test('C-136: keeps the conversation, and the origin keeps what was paid for it', () => {
    const origin = aSession({ session: { properties: { a: 1 }, systemPrompt: 'p' } });
    origin.run({ type: 'change-values', change: { set: { step: 1 }, remove: [] } });
    origin.says('12345').answers('123').advance(1000);
    const fork = origin.fork('fork-1');
    expect(fork.state).toMatchObject({
      createdAtMs: 1_001_000,
      lastEventAtMs: 1_000_000,
      properties: { a: 1 },
      values: { step: 1 },
      systemPrompt: 'p',
      children: [],
      totals: { promptTokens: 5, completionTokens: 3, totalTokens: 8, costPico: 0n, models: {} },
    });
    expect(fork.state.totals.counts).toEqual(origin.state.totals.counts);
    expect(fork.state.open).toEqual(origin.state.open);
  });

  test('C-136: lays its own properties over those of the origin', () => {
    const origin = aSession({ session: { properties: { a: 1, b: 2 } } });
    const created = {
      type: 'session-created',
      atMs: 5,
      sessionId: 'fork-1',
      lifeId: 'life-2',
      tenant: 'tenant-1',
      parentId: null,
      fork: { sessionId: 'session-1', lifeId: 'life-1', position: 1 },
      properties: { b: 3 },
    } as const;
    expect(evolve(origin.state, created).properties).toEqual({ a: 1, b: 3 });
    expect(() => evolve(null, created)).toThrow('begins from the state of its origin');
  });

  test('closes segments on its own, numbered on from those of the origin', () => {
    const policy = aPolicy({ maxTurnsPerSegment: 1 });
    const fork = aSession({ policy }).says('u0').says('u1').fork('fork-1').says('u2');
    expect(fork.state.closed.map((segment) => segment.number)).toEqual([1, 2]);
    expect(fork.toSession().segments.map((segment) => segment.id)).toEqual([
      'fork-1/1',
      'fork-1/2',
      'fork-1/3',
    ]);
  });
});

describe('standingTokens', () => {
  const policy = aPolicy({ maxTurnsPerSegment: 1 });
  const session = aSession({ session: { systemPrompt: '12345' }, policy });
  for (const n of [0, 1, 2]) session.says(`u${n}`);
  const { state } = session;
  const [first, second] = state.closed.map((segment) => segment.summary.tokens);

  test('W-26: are the system prompt and the summaries within the budget', () => {
    expect(standingTokens(state, 0)).toBe(5);
    expect(standingTokens(state, first! + second!)).toBe(5 + first! + second!);
  });
});
