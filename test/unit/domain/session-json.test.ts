import { describe, expect, test } from 'vitest';

import { MAX_ID_LENGTH } from '../../../src/domain/ids.ts';
import {
  parseSession,
  SESSION_SCHEMA_VERSION,
  type SessionJson,
  sessionToJson,
} from '../../../src/domain/session-json.ts';
import type { Session } from '../../../src/domain/session.ts';
import { aPolicy } from '../../lib/commands.ts';
import { aSession } from '../../lib/session.ts';

function eventful(): Session {
  const session = aSession({
    session: { parentId: 'p', systemPrompt: 'Be kind.', properties: { user_id: 'u' } },
    policy: aPolicy({ maxTurnsPerSegment: 2 }),
  });
  session.run({ type: 'start-run', runId: 'r1', metadata: { goal: 'x' } });
  session.run({ type: 'move-run', runId: 'r1', to: 'failed', reason: 'late' });
  session.run({ type: 'start-run', runId: 'r2', metadata: {} });
  session.run({ type: 'change-values', change: { set: { step: [1, null] }, remove: [] } });
  session.run({ type: 'link-child', childId: 'c', isFork: true });
  session.says('How do refunds work?', { taskId: 'r1', metadata: { lang: 'en' } });
  session.answers(
    { content: 'Within a week.' },
    { reportedUsage: { inputTokens: 9, outputTokens: 3 } },
  );
  return session.usesTool({ tool: 'f', result: null }).says('Thanks').answers('x').toSession();
}

/** The written session as text and back, as another process would get it. */
function travelled(session: Session): unknown {
  return JSON.parse(JSON.stringify(sessionToJson(session)));
}

describe('sessionToJson', () => {
  test('C-30: has the documented shape, version first, times as ISO 8601, nulls written', () => {
    const json = sessionToJson(aSession().says('hi').toSession());
    expect(JSON.stringify(json)).toBe(
      JSON.stringify({
        schemaVersion: 1,
        id: 'session-1',
        tenant: 'tenant-1',
        version: 2,
        parentId: null,
        childIds: [],
        taskIds: [],
        state: {},
        tokenSummary: json.tokenSummary,
        systemPrompt: null,
        segments: [
          {
            id: 'session-1/1',
            number: 1,
            fromPosition: 2,
            toPosition: null,
            messages: 1,
            summary: null,
          },
        ],
        fork: null,
        metadata: {
          createdAt: '1970-01-01T00:16:40.000Z',
          updatedAt: '1970-01-01T00:16:40.000Z',
          properties: {},
        },
        runs: [],
        events: json.events,
      }),
    );
    expect(json.events[0]).toMatchObject({
      timestamp: '1970-01-01T00:16:40.000Z',
      parentEventId: null,
      billing: null,
      position: 2,
      segment: 1,
    });
  });

  test('C-30: writes runs with both times', () => {
    expect(sessionToJson(eventful()).runs).toEqual([
      {
        id: 'r1',
        status: 'failed',
        metadata: { goal: 'x', failure_reason: 'late' },
        toolCalls: [],
        startedAt: '1970-01-01T00:16:40.000Z',
        endedAt: '1970-01-01T00:16:40.000Z',
      },
      expect.objectContaining({ id: 'r2', status: 'pending', endedAt: null }),
    ]);
  });

  test('W-65: shares nothing with the session', () => {
    const session = eventful();
    const before = structuredClone(session);
    const json: { properties?: unknown }[] = [sessionToJson(session).metadata];
    Object.assign(json[0]?.properties ?? {}, { user_id: 'other' });
    expect(session).toEqual(before);
  });
});

describe('parseSession', () => {
  test('C-31: gives back the session that was written', () => {
    const session = eventful();
    expect(parseSession(travelled(session))).toStrictEqual(session);
    expect(parseSession(sessionToJson(session))).toStrictEqual(session);
  });

  test('C-31: gives back a fork, and ids of the greatest length', () => {
    const longId = 'x'.repeat(MAX_ID_LENGTH);
    const origin = aSession({
      key: { sessionId: longId },
      policy: aPolicy({ maxTurnsPerSegment: 1 }),
    });
    const fork = origin.says('a').says('b').fork('f'.repeat(MAX_ID_LENGTH)).toSession();
    expect(fork.events[1]?.id.length).toBeGreaterThan(MAX_ID_LENGTH);
    expect(parseSession(travelled(fork))).toStrictEqual(fork);
  });

  test('C-30: keeps what a later minor version added, and writes it again', () => {
    const json: SessionJson = sessionToJson(eventful());
    const richer = {
      ...json,
      labels: ['vip'],
      metadata: { ...json.metadata, region: 'eu' },
      runs: json.runs.map((run) => ({ ...run, priority: 1 })),
      events: json.events.map((event) => ({ ...event, traceId: 't' })),
      segments: json.segments.map((segment) => ({ ...segment, topic: 'x' })),
    };
    expect(sessionToJson(parseSession(richer))).toStrictEqual(richer);
  });

  test('C-30: refuses what a newer version wrote', () => {
    const newer = { ...sessionToJson(eventful()), schemaVersion: SESSION_SCHEMA_VERSION + 1 };
    expect(() => parseSession(newer)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_TOO_NEW', data: { schemaVersion: 2, supported: 1 } }),
    );
    // Whatever else is in it: a newer shape is not ours to judge.
    expect(() => parseSession({ schemaVersion: 99 })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_TOO_NEW' }),
    );
  });

  test('takes times with an offset', () => {
    const json = sessionToJson(aSession().toSession());
    const metadata = { ...json.metadata, createdAt: '1970-01-01T02:16:40.000+02:00' };
    expect(parseSession({ ...json, metadata }).metadata.createdAtMs).toBe(1_000_000);
  });

  test.each([
    ['null', null, 'session'],
    ['undefined', undefined, 'session'],
    ['a text', 'x', 'session'],
    ['a bigint', 1n, 'session'],
    ['an empty object', {}, 'session.schemaVersion'],
    ['a version of zero', { schemaVersion: 0 }, 'session.schemaVersion'],
    ['a version alone', { schemaVersion: 1 }, 'session.id'],
  ])('refuses %s', (_name, value, field) => {
    expect(() => parseSession(value)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });

  test('names the field that is wrong and never quotes it', () => {
    const json = sessionToJson(eventful());
    const [first, ...rest] = json.events;
    const events = [{ ...first, timestamp: 'secret yesterday' }, ...rest];
    const parse = (): unknown => parseSession({ ...json, events });
    expect(parse).toThrow(expect.objectContaining({ field: 'session.events[0].timestamp' }));
    expect(parse).not.toThrow('secret');
  });

  test('refuses a cycle', () => {
    const cyclic: Record<string, unknown> = { ...sessionToJson(eventful()) };
    cyclic['state'] = { self: cyclic };
    expect(() => parseSession(cyclic)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  test('W-65: shares nothing with what it read', () => {
    const json = structuredClone(sessionToJson(eventful()));
    const session = parseSession(json);
    const before = structuredClone(session);
    Object.assign(json.state, { step: 'changed' });
    expect(session).toEqual(before);
  });
});
