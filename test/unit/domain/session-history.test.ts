import { describe, expect, test } from 'vitest';

import { recordedEvents, summaryEventId } from '../../../src/domain/recorded-event.ts';
import { addEntries, createHistory, toSession } from '../../../src/domain/session-history.ts';
import { aPolicy } from '../../lib/commands.ts';
import { aUsage, figures } from '../../lib/events.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

function segmented(): TestSession {
  const session = aSession({
    session: { systemPrompt: 'p', properties: { a: 1 } },
    policy: aPolicy({ maxTurnsPerSegment: 2 }),
  });
  return session.says('u0').answers('a0').says('u1').answers('a1').says('u2');
}

function summarise(session: TestSession, segment: number, text: string): TestSession {
  session.run({ type: 'apply-summary', segment, text, model: 'small' });
  return session;
}

describe('toSession', () => {
  test('C-6: has the fields of a session with what they begin with', () => {
    expect(aSession().toSession()).toEqual({
      id: 'session-1',
      tenant: 'tenant-1',
      version: 1,
      metadata: { createdAtMs: 1_000_000, updatedAtMs: 1_000_000, properties: {} },
      parentId: null,
      childIds: [],
      taskIds: [],
      runs: [],
      events: [],
      state: {},
      tokenSummary: {
        totalPromptTokens: 0,
        totalCompletionTokens: 0,
        totalTokens: 0,
        usageByModel: {},
        totalEstimatedCostUsd: '0',
      },
      systemPrompt: null,
      segments: [
        {
          id: 'session-1/1',
          number: 1,
          fromPosition: 2,
          toPosition: null,
          messages: 0,
          summary: null,
        },
      ],
      fork: null,
    });
  });

  test('C-122: a closed segment shows as one summary event at its end', () => {
    const session = segmented().toSession();
    expect(session.events.map(({ type, segment }) => `${type} ${segment}`)).toEqual([
      'message 1',
      'message 1',
      'summary 1',
      'message 2',
      'message 2',
      'summary 2',
      'message 3',
    ]);
    const text = 'Conversation with 1 user messages and 1 responses. Latest answer: a0';
    expect(session.events[2]).toEqual({
      id: 'session-1/1#summary',
      message: text,
      timestampMs: 1_000_000,
      source: 'system',
      type: 'summary',
      metadata: { segment: 1, origin: 'extractive', revision: 0 },
      parentEventId: null,
      taskId: null,
      tokenUsage: null,
      contentTokens: text.length,
      billing: null,
      position: 5,
      segment: 1,
    });
  });

  test('C-125: the summary event and the segment show the latest summary', () => {
    const session = summarise(summarise(segmented(), 1, 'one'), 1, 'two').toSession();
    const summary = { text: 'two', tokens: 3, origin: 'model', revision: 2 };
    expect(session.segments[0]?.summary).toEqual(summary);
    expect(session.events[2]).toMatchObject({
      message: 'two',
      contentTokens: 3,
      metadata: { origin: 'model', revision: 2 },
      position: 5,
    });
    expect(session.segments[1]?.summary?.origin).toBe('extractive');
  });

  test('C-132: lists all segments, also those the state has let go', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 1 }) });
    for (let n = 0; n < 40; n += 1) session.says(`u${n}`);
    const { segments } = session.toSession();
    expect(segments).toHaveLength(40);
    expect(session.state.closed.length).toBeLessThan(39);
    expect(segments.map((segment) => segment.messages)).toEqual(segments.map(() => 1));
    expect(segments.at(-1)).toMatchObject({ id: 'session-1/40', toPosition: null, summary: null });
  });

  test('C-17: applies a change of usage to the event and to the summary', () => {
    const session = aSession().says('12345', { id: 'twin' }).says('12', { id: 'twin' });
    const before = figures(aUsage({ promptTokens: 5 }));
    const after = figures(aUsage({ promptTokens: 50 }));
    session.run({
      type: 'change-event-usage',
      eventId: 'twin',
      eventPosition: 2,
      before,
      after,
      basisVersion: 3,
    });
    const { events, tokenSummary } = session.toSession();
    expect(events.map((event) => event.tokenUsage?.totalTokens)).toEqual([50, 2]);
    expect(tokenSummary.totalTokens).toBe(52);
  });

  test('metadata given to a summary event stays when the summary gets better', () => {
    const session = segmented();
    const eventId = summaryEventId('session-1', 1);
    const change = { set: { shown: true }, remove: [] };
    session.run({ type: 'change-event-metadata', eventId, change });
    const { events } = summarise(session, 1, 'better').toSession();
    expect(events[2]?.metadata).toEqual({ shown: true, segment: 1, origin: 'model', revision: 1 });
  });

  test('C-136: a fork reads through its origin, and its summaries carry its own name', () => {
    const fork = segmented().fork('fork-1', 5).says('mine');
    const session = fork.toSession();
    expect(session).toMatchObject({
      id: 'fork-1',
      fork: { sessionId: 'session-1', position: 5 },
      parentId: 'session-1',
      systemPrompt: 'p',
      metadata: { properties: { a: 1 } },
    });
    expect(session.events.map((event) => event.type)).toEqual([
      'message',
      'message',
      'summary',
      'message',
    ]);
    expect(session.events[2]?.id).toBe('fork-1/1#summary');
    expect(session.segments.map((segment) => segment.id)).toEqual(['fork-1/1', 'fork-1/2']);
  });

  test('C-136: a fork of a fork counts only its own calls', () => {
    const fork = aSession().says('u').answers('a').fork('f1').answers('b').fork('f2').answers('c');
    const { tokenSummary } = fork.toSession();
    expect(tokenSummary.totalTokens).toBe(4);
    expect(tokenSummary.usageByModel['small']?.usages).toBe(1);
    expect(fork.state.totals.pricedCalls).toBe(1);
  });
});

describe('addEntries', () => {
  test('gives the same in pages of any size, and never changes what was given out', () => {
    const session = summarise(segmented(), 1, 'better');
    const whole = session.toSession();
    for (const size of [1, 2, 3, 7]) {
      const history = createHistory(session.key);
      for (let at = 0; at < session.entries.length; at += size) {
        addEntries(history, session.entries.slice(at, at + size));
      }
      expect(toSession(history)).toEqual(whole);
    }
    const history = addEntries(createHistory(session.key), session.entries.slice(0, 4));
    const early = toSession(history);
    const copy = structuredClone(early);
    addEntries(history, session.entries.slice(4));
    expect(early).toEqual(copy);
  });

  test('refuses a log with a hole, a repetition or without a beginning', () => {
    const { key, entries } = segmented();
    for (const wrong of [
      [entries[0]!, entries[2]!],
      [entries[0]!, entries[0]!],
      entries.slice(1),
      [{ position: 1, event: entries[3]!.event }],
    ]) {
      expect(() => addEntries(createHistory(key), wrong)).toThrow(
        expect.objectContaining({ code: 'CORRUPT_RECORD' }),
      );
    }
  });

  test('W-03: entries of another session or tenant are not this one', () => {
    const { key, entries } = segmented();
    const read = (as: Partial<typeof key>, upTo = entries.length): unknown => {
      const history = createHistory({ ...key, ...as });
      return toSession(addEntries(history, entries.slice(0, upTo)));
    };
    for (const as of [{ sessionId: 'other' }, { tenant: 'other' }]) {
      expect(() => read(as)).toThrow(expect.objectContaining({ code: 'SESSION_NOT_FOUND' }));
    }
    expect(() => read({}, 0)).toThrow('Session not found: session-1');
  });
});

describe('recordedEvents', () => {
  test('reads a stretch as the whole shows it', () => {
    const session = segmented();
    const stretch = session.entries.filter(({ position }) => position >= 6);
    expect(recordedEvents(stretch, { sessionId: 'session-1', segment: 2 })).toEqual(
      session.toSession().events.filter(({ position }) => position >= 6),
    );
  });

  test('passes over changes to what came before the stretch', () => {
    const session = summarise(segmented(), 1, 'better');
    session.run({
      type: 'change-event-metadata',
      eventId: session.toSession().events[0]!.id,
      change: { set: { a: 1 }, remove: [] },
    });
    const stretch = session.entries.filter(({ position }) => position > 6);
    const events = recordedEvents(stretch, { sessionId: 'session-1', segment: 2 });
    expect(events.map((event) => event.position)).toEqual([7, 8, 9]);
  });
});
