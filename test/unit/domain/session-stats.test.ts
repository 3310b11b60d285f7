import { describe, expect, test } from 'vitest';

import { recordedEvents } from '../../../src/domain/recorded-event.ts';
import {
  needsOpenSegmentEvents,
  segmentStatsOf,
  type SessionStats,
  statsOf,
} from '../../../src/domain/session-stats.ts';
import { aPolicy } from '../../lib/commands.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

/** A call of which only the result was recorded: a name and arguments. */
const BARE_CALL = 'unknown{}'.length;
const WHOLE = { includeAllSegments: true, isInfinite: true };

/** Two messages a segment: four questions and answers make four segments. */
function infinite(): TestSession {
  const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
  for (const n of [0, 1, 2, 3]) session.advance(1000).says(`u${n}`).answers(`a${n}`);
  return session;
}

function openStats(session: TestSession): SessionStats {
  const { fromPosition, number } = session.state.open;
  const stretch = session.entries.filter(({ position }) => position >= fromPosition);
  const events = recordedEvents(stretch, { sessionId: session.key.sessionId, segment: number });
  return segmentStatsOf(session.state, { events, isInfinite: true });
}

describe('statsOf', () => {
  test('C-29: has the figures of a session without events', () => {
    const stats = statsOf(aSession().state, { includeAllSegments: false, isInfinite: false });
    expect(stats).toEqual({
      sessionId: 'session-1',
      sessionSegments: 1,
      sessionChain: null,
      totalMessages: 0,
      totalEvents: 0,
      userMessages: 0,
      aiMessages: 0,
      systemMessages: 0,
      toolCalls: 0,
      summaries: 0,
      totalTokens: 0,
      promptTokens: 0,
      completionTokens: 0,
      estimatedCost: 0,
      costUsd: '0',
      pricedCalls: 0,
      unpricedCalls: 0,
      usage: {},
      tokensByModel: {},
      createdAt: '1970-01-01T00:16:40.000Z',
      lastUpdate: '1970-01-01T00:16:40.000Z',
      infiniteContext: false,
    });
  });

  test('C-113: counts messages of user and model, events and tool calls', () => {
    const session = aSession().says('12345').answers('123').usesTool('1234567');
    session.says('note', { source: 'system' });
    const stats = statsOf(session.state, { includeAllSegments: false, isInfinite: false });
    expect(stats).toMatchObject({
      totalMessages: 2,
      totalEvents: 4,
      userMessages: 1,
      aiMessages: 1,
      systemMessages: 1,
      toolCalls: 1,
      totalTokens: 5 + 3 + BARE_CALL + 7 + 4,
      promptTokens: 5 + BARE_CALL + 7 + 4,
      completionTokens: 3,
    });
  });

  test('C-48: shows the exact cost beside a number for display', () => {
    const session = aSession().says('12345').answers('123').answers('1', { model: 'my-own' });
    const stats = statsOf(session.state, WHOLE);
    expect(stats).toMatchObject({
      estimatedCost: 5.4e-11,
      costUsd: '0.000000000054',
      pricedCalls: 1,
      unpricedCalls: 1,
      usage: { inputTokens: 12 + 19, outputTokens: 4 },
      tokensByModel: {
        small: { promptTokens: 5, completionTokens: 3, totalTokens: 8, costUsd: '0.000000000054' },
        'my-own': { promptTokens: 0, completionTokens: 1, totalTokens: 1, costUsd: '0' },
      },
    });
  });

  test('C-114: covers all segments, from the state alone', () => {
    expect(statsOf(infinite().state, WHOLE)).toMatchObject({
      sessionSegments: 4,
      sessionChain: ['session-1/1', 'session-1/2', 'session-1/3', 'session-1/4'],
      totalMessages: 8,
      totalEvents: 11,
      summaries: 3,
      infiniteContext: true,
    });
  });

  test('W-22: a reader without infinite context sees all segments too', () => {
    const stats = statsOf(infinite().state, { includeAllSegments: true, isInfinite: false });
    expect(stats).toMatchObject({ sessionSegments: 4, totalMessages: 8, infiniteContext: false });
    expect(stats.sessionChain).toHaveLength(4);
  });

  test('the chain of one segment shows only where there can be more', () => {
    const { state } = aSession().says('u');
    expect(statsOf(state, WHOLE).sessionChain).toEqual(['session-1/1']);
    expect(statsOf(state, { ...WHOLE, isInfinite: false }).sessionChain).toBeNull();
    expect(statsOf(state, { ...WHOLE, includeAllSegments: false }).sessionChain).toBeNull();
  });

  test('W-67: began when the session did, whichever segments are counted', () => {
    const session = infinite();
    for (const stats of [statsOf(session.state, WHOLE), openStats(session)]) {
      expect(stats.createdAt).toBe('1970-01-01T00:16:40.000Z');
      expect(stats.lastUpdate).toBe('1970-01-01T00:16:44.000Z');
    }
  });

  test('does not pass the whole off as the open segment', () => {
    const { state } = infinite();
    expect(needsOpenSegmentEvents(state, false)).toBe(true);
    expect(needsOpenSegmentEvents(state, true)).toBe(false);
    expect(needsOpenSegmentEvents(aSession().state, false)).toBe(false);
    expect(() => statsOf(state, { ...WHOLE, includeAllSegments: false })).toThrow('open segment');
  });
});

describe('segmentStatsOf', () => {
  test('C-113: counts the open segment alone', () => {
    const session = infinite().usesTool('1234567');
    expect(openStats(session)).toMatchObject({
      sessionSegments: 1,
      sessionChain: null,
      totalMessages: 2,
      totalEvents: 3,
      toolCalls: 1,
      summaries: 0,
      totalTokens: 4 + BARE_CALL + 7,
      pricedCalls: 1,
    });
  });

  test('is the whole when there is one segment', () => {
    const session = aSession().says('12345').answers('123').usesTool('x');
    const options = { includeAllSegments: false, isInfinite: true };
    expect(openStats(session)).toEqual(statsOf(session.state, options));
  });

  test('W-29: is the whole of a fork too, without what its origin paid', () => {
    const fork = aSession().says('12345').answers('123').fork('fork-1').says('1').answers('12');
    const options = { includeAllSegments: false, isInfinite: true };
    expect(openStats(fork)).toEqual(statsOf(fork.state, options));
    expect(openStats(fork)).toMatchObject({ totalTokens: 11, pricedCalls: 1 });
  });
});
