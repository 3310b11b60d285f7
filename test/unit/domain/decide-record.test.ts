import { describe, expect, test } from 'vitest';

import { KEY_RETENTION_MS, MAX_REMEMBERED_KEYS } from '../../../src/domain/session-state.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { aUsage } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

describe('record-event', () => {
  test('C-12: makes an event from what is given, with id, time and tokens', () => {
    const session = aSession().advance(2000);
    session.record({ message: 'hello', metadata: { lang: 'en' }, taskId: 'run-1' });
    expect(session.toSession().events).toEqual([
      {
        id: 'id-2',
        message: 'hello',
        timestampMs: 1_002_000,
        source: 'user',
        type: 'message',
        metadata: { lang: 'en' },
        parentEventId: null,
        taskId: 'run-1',
        tokenUsage: aUsage(),
        contentTokens: 5,
        billing: null,
        position: 2,
        segment: 1,
      },
    ]);
  });

  test('keeps an id and a parent that are given', () => {
    const decision = aSession().record({ id: 'mine', parentEventId: 'other' });
    expect(decision).toMatchObject({
      events: [{ event: { id: 'mine', parentEventId: 'other' } }],
    });
  });

  test('C-107: an empty message is an event', () => {
    const session = aSession().says('').answers('');
    expect(session.state.totals.counts).toMatchObject({
      events: 2,
      userMessages: 1,
      aiMessages: 1,
    });
  });

  test('C-19: content counts as a prompt shows it: as its text, and an object by its content', () => {
    const session = aSession().says([1, 2]).says({ content: 'abc', note: 'not sent' }).says(null);
    expect(session.toSession().events.map((event) => event.contentTokens)).toEqual([5, 3, 0]);
  });

  test('C-41: tool calls in a message are sent, so they count', () => {
    const message = { content: 'ok', tool_calls: [{ id: 'c', name: 'f' }] };
    const [event] = aSession().answers(message).toSession().events;
    expect(event?.contentTokens).toBe('ok'.length + 'f'.length + '{}'.length);
  });

  test('a usage of the caller’s own replaces the counted one', () => {
    const tokenUsage = aUsage({ promptTokens: 50, totalTokens: 99, model: 'mine' });
    const [event] = aSession().says('hi', { tokenUsage }).toSession().events;
    expect(event).toMatchObject({ tokenUsage, contentTokens: 2 });
  });

  test('C-98: creates the session in the same step when told how', () => {
    const session = aSession({ session: null });
    const create = aNewSession({ systemPrompt: 'Be kind.', properties: { a: 1 } });
    const decision = session.run(aRecordCommand({ message: 'hi' }, { create }));
    expect(decision).toMatchObject({ kind: 'accepted', mode: 'expected' });
    expect(session.entries.map(({ event }) => event.type)).toEqual([
      'session-created',
      'system-prompt-changed',
      'event-recorded',
    ]);
  });

  test('ignores how to create a session that exists', () => {
    const session = aSession({ session: { properties: { a: 1 } } });
    session.run(aRecordCommand({}, { create: aNewSession({ properties: { a: 2 } }) }));
    expect([session.state.version, session.state.properties]).toEqual([2, { a: 1 }]);
  });

  test('W-05: is true wherever it lands in the log', () => {
    const decision = aSession().record();
    expect(decision).toMatchObject({ mode: 'any', needsOpenSegment: false });
  });
});

describe('the parent of a tool call', () => {
  test('C-106: is the answer that asked for it', () => {
    const session = aSession().says('q', { id: 'q' }).answers('calling', { id: 'a' });
    session.usesTool({ tool: 'f' }).usesTool({ tool: 'g' });
    const parents = session.toSession().events.map((event) => event.parentEventId);
    expect(parents).toEqual([null, null, 'a', 'a']);
  });

  test('W-38: is the question being worked on when there is no answer yet', () => {
    const session = aSession().says('q', { id: 'q' }).usesTool({ tool: 'f' });
    expect(session.toSession().events.at(-1)?.parentEventId).toBe('q');
  });

  test('is no message of the system, and nothing when there is none', () => {
    const session = aSession().usesTool('first');
    session.says('q', { id: 'q' }).says('note', { source: 'system' }).usesTool('second');
    const parents = session.toSession().events.map((event) => event.parentEventId);
    expect(parents).toEqual([null, null, null, 'q']);
  });

  test('is null when that is said', () => {
    const session = aSession().says('q').usesTool('f', { parentEventId: null });
    expect(session.toSession().events.at(-1)?.parentEventId).toBeNull();
  });
});

describe('idempotency keys', () => {
  test('C-135: a repeated call is answered with what was recorded then', () => {
    const session = aSession();
    session.record({ message: 'once', id: 'e1' }, 'key-1');
    session.says('between');
    expect(session.record({ message: 'once' }, 'key-1')).toEqual({
      kind: 'repeated',
      eventId: 'e1',
      position: 2,
    });
    expect(session.state.totals.counts.events).toBe(2);
  });

  test('W-09: two processes cannot record one key at the same place', () => {
    expect(aSession().record({}, 'key-1')).toMatchObject({ mode: 'expected' });
  });

  test('other keys and none are new', () => {
    const session = aSession();
    session.record({}, 'key-1');
    session.record({}, 'key-2');
    session.record();
    session.record();
    expect(session.state.totals.counts.events).toBe(4);
    expect(session.state.rememberedKeys.map((entry) => entry.key)).toEqual(['key-1', 'key-2']);
  });

  test('are forgotten after a day, also in a session where nothing happened since', () => {
    const session = aSession();
    session.record({ message: 'report' }, 'daily');
    session.advance(KEY_RETENTION_MS);
    const again = aRecordCommand({ message: 'report' }, { idempotencyKey: 'daily' });
    expect(session.decide(again).kind).toBe('repeated');
    session.advance(1);
    expect(session.record({ message: 'report' }, 'daily').kind).toBe('accepted');
    expect(session.state.rememberedKeys).toEqual([
      expect.objectContaining({
        key: 'daily',
        eventId: 'id-3',
        position: 3,
        atMs: 1_000_001 + KEY_RETENTION_MS,
      }),
    ]);
  });

  test('are refused for another event than the one they were used for', () => {
    const session = aSession();
    session.record({ message: 'question' }, 'request-1');
    const others = [
      { message: 'another question' },
      { message: 'question', source: 'llm' },
      { message: 'question', source: 'system', type: 'tool_call' },
    ] as const;
    for (const other of others) {
      expect(session.decide(aRecordCommand(other, { idempotencyKey: 'request-1' }))).toMatchObject({
        kind: 'rejected',
        error: {
          code: 'IDEMPOTENCY_KEY_REUSED',
          data: { eventId: session.state.rememberedKeys[0]!.eventId },
        },
      });
    }
  });

  test('are forgotten when enough newer ones came', () => {
    const session = aSession();
    for (let n = 0; n <= MAX_REMEMBERED_KEYS; n += 1) session.record({}, `key-${n}`);
    expect(session.state.rememberedKeys).toHaveLength(MAX_REMEMBERED_KEYS);
    expect(session.decide(aRecordCommand({}, { idempotencyKey: 'key-0' })).kind).toBe('accepted');
    expect(session.decide(aRecordCommand({}, { idempotencyKey: 'key-1' })).kind).toBe('repeated');
  });

  test('of the origin mean nothing in its fork', () => {
    const session = aSession();
    session.record({}, 'key-1');
    expect(session.fork('fork-1').record({}, 'key-1').kind).toBe('accepted');
  });
});
