import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { SessionManagerError, SessionNotFound } from '../../domain/errors.ts';
import type { JsonValue } from '../../domain/json.ts';
import {
  execute,
  type ExecutorCases,
  failureOf,
  messagesIn,
  says,
  SESSION,
} from './executor-subject.ts';

/** Time in which figures of a worker arrive, however busy the machine is. */
const LATER_MS = 5000;

const LONG_TEXT = 'a long text, '.repeat(30_000);

/** Content that crosses threads and encodings badly. */
const ODD_CONTENT: readonly JsonValue[] = [
  '',
  'a lone surrogate \ud83d and a whole one 😀',
  'nul \u0000 and \u2028',
  JSON.parse('{ "__proto__": { "x": 1 }, "constructor": [null, true, -0.5, 1e21] }') as JsonValue,
  [[[[]]], {}],
  LONG_TEXT,
];

/** What commands come to. */
export const commandCases: ExecutorCases = {
  'answers with a receipt that says where the event is': async ({ open }) => {
    const executor = await open();
    const first = await execute(executor, says('hello'));
    const second = await execute(executor, says('hello again'));
    const { lifeId } = first;

    expect(lifeId).toEqual(expect.any(String));
    expect(first).toMatchObject({
      kind: 'committed',
      firstPosition: 1,
      length: 2,
      recorded: { eventId: expect.any(String), position: 2, segment: 1 },
      created: { parentId: null },
      summarised: [],
      fork: null,
    });
    const recorded = { position: 3, segment: 1 };
    expect(second).toMatchObject({ firstPosition: 3, length: 1, recorded, created: null, lifeId });
  },

  'tells the events, the prompt and the state to whoever asks for them': async ({ open }) => {
    const executor = await open();
    const hello = { type: 'event-recorded', event: { message: 'hello' } };
    const withEvents = await execute(executor, says('hello'), { wants: { events: true } });
    const systemPrompt = 'Be brief.';
    const set = { type: 'set-system-prompt', systemPrompt, model: 'gpt-4o', create: null } as const;
    const withPrompt = await execute(executor, set, { wants: { systemPrompt: true } });
    const wants = { events: true, state: true };
    const withState = await execute(executor, says('more'), { wants });

    expect(withEvents).toMatchObject({ events: [{ type: 'session-created' }, hello] });
    expect(withPrompt).toMatchObject({ kind: 'committed', firstPosition: 3, systemPrompt });
    expect(withState).toMatchObject({
      firstPosition: 4,
      events: [{ type: 'event-recorded', event: { message: 'more' } }],
      state: { sessionId: SESSION.sessionId, version: 4, totals: { counts: { userMessages: 2 } } },
    });
  },

  'tells which segment a command closed': async ({ open }) => {
    const executor = await open();
    await execute(executor, says('hello'));
    const policy = {
      tokenThreshold: 1000,
      maxTurnsPerSegment: 10,
      carryTokens: 0,
      summaryTokens: 100,
      requestSummary: false,
    };
    const reply = await execute(executor, { type: 'close-segment', policy, model: 'gpt-4o' });

    expect(reply).toMatchObject({
      summarised: [{ segment: 1, fromSegment: 1, level: 0, fromPosition: 2, toPosition: 3 }],
    });
  },

  'records calls made at once in the order in which they were made': async ({ open, store }) => {
    const executor = await open();
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    const replies = await Promise.all(texts.map((text) => execute(executor, says(text))));

    expect(await messagesIn(store)).toEqual(texts);
    const last = replies.at(-1);
    expect(last).toMatchObject({ firstPosition: 101, recorded: { position: 101 } });
  },

  'has acknowledged only what is in the store': async ({ open, store }) => {
    const executor = await open();
    await execute(executor, says('hello'));

    expect(await messagesIn(store)).toEqual(['hello']);
  },

  'keeps sessions of one id apart by their tenants': async ({ open }) => {
    const executor = await open();
    const keys = ['tenant-1', 'tenant-2', 'tenant-3'].map((tenant) => ({ tenant, sessionId: 's' }));
    await Promise.all(keys.map((key) => executor.execute({ key, command: says(key.tenant) })));

    for (const key of keys) {
      const state = await executor.readState({ key, freshness: 'local' });
      expect(state).toMatchObject({ tenant: key.tenant, version: 2 });
    }
  },

  'passes content on as it is': async ({ open, store }) => {
    const executor = await open();
    for (const content of ODD_CONTENT) {
      // In order: the log is compared with it.
      await execute(executor, says(content));
    }

    expect(await messagesIn(store)).toEqual(ODD_CONTENT);
  },

  'refuses a command on a session that does not exist, with an error of its class': async ({
    open,
    store,
  }) => {
    const executor = await open();
    const error = await failureOf(execute(executor, says('hello', { create: null })));

    expect(error).toBeInstanceOf(SessionNotFound);
    expect(error).toBeInstanceOf(SessionManagerError);
    expect(error).toMatchObject({ code: 'SESSION_NOT_FOUND', sessionId: SESSION.sessionId });
    expect(await store.head({ key: SESSION })).toBeNull();
  },

  'refuses one command of several without the others': async ({ open, store }) => {
    const executor = await open();
    const calls = [
      execute(executor, says('first')),
      execute(executor, { type: 'unlink-child', childId: 'nobody' }),
      execute(executor, { type: 'move-run', runId: 'none', to: 'failed', reason: undefined }),
      execute(executor, says('last')),
    ];
    const outcomes = await Promise.allSettled(calls);

    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[1]).toMatchObject({ value: { kind: 'unchanged' } });
    expect(await messagesIn(store)).toEqual(['first', 'last']);
  },

  'answers a repeated idempotency key with what was recorded': async ({ open, store }) => {
    const executor = await open();
    const command = says('once', { idempotencyKey: 'key' });
    await execute(executor, command);
    const again = await execute(executor, command);

    expect(again).toMatchObject({ kind: 'repeated', position: 2 });
    expect(await messagesIn(store)).toEqual(['once']);
  },

  'refuses a command for a life of the session that is over': async ({ open }) => {
    const executor = await open();
    await execute(executor, says('hello'));
    const error = await failureOf(
      execute(executor, says('again', { create: null }), { lifeId: 'another' }),
    );

    expect(error).toMatchObject({ code: 'SESSION_NOT_FOUND' });
  },

  'finds the session that another executor wrote to': async ({ open, store }) => {
    const [one, two] = [await open(), await open()];
    for (const text of ['a', 'b', 'c', 'd']) {
      // In order: each goes on where the other ended.
      await execute(one, says(`${text}1`));
      await execute(two, says(`${text}2`));
    }

    expect(await messagesIn(store)).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
    const state = await one.readState({ key: SESSION, freshness: 'fresh' });
    expect(state?.version).toBe(9);
  },
};

/** What reads see. */
export const readCases: ExecutorCases = {
  'answers null for a session that does not exist': async ({ open }) => {
    const executor = await open();
    for (const freshness of ['local', 'fresh'] as const)
      expect(await executor.readState({ key: SESSION, freshness })).toBeNull();
    await nextTurn();
    expect(executor.stats().activations).toBe(0);
  },

  'shows a read what was asked before it': async ({ open }) => {
    const executor = await open();
    const command = execute(executor, says('hello'));
    const read = executor.readState({ key: SESSION, freshness: 'local' });

    expect(await read).toMatchObject({ version: 2 });
    await command;
  },

  'forgets what it knew of a session': async ({ open, store }) => {
    const executor = await open();
    await execute(executor, says('hello'));
    await store.remove({ key: SESSION });
    executor.forget(SESSION);

    expect(await executor.readState({ key: SESSION, freshness: 'local' })).toBeNull();
  },

  'forgets what it knew of a tenant': async ({ open, store }) => {
    const executor = await open();
    const keys = ['a', 'b', 'c', 'd'].map((sessionId) => ({ tenant: 'tenant-1', sessionId }));
    await Promise.all(keys.map((key) => executor.execute({ key, command: says('hello') })));
    await store.erase({ scope: { kind: 'tenant', tenant: 'tenant-1' } });
    executor.forgetTenant('tenant-1');

    for (const key of keys)
      expect(await executor.readState({ key, freshness: 'local' })).toBeNull();
  },

  'counts what it did': async ({ open }) => {
    const executor = await open();
    await Promise.all([execute(executor, says('a')), execute(executor, says('b'))]);

    // Callers may be told before the figures of another thread are there.
    await expect
      .poll(() => executor.stats().activationBytes, { timeout: LATER_MS })
      .toBeGreaterThan(0);
    const { activations, commands, commits, queued, turnTimes, turnCalls } = executor.stats();
    expect({ activations, commands, commits, queued }).toEqual({
      activations: 1,
      commands: 2,
      commits: 1,
      queued: 0,
    });
    expect(sum(turnTimes)).toBe(1);
    expect(turnCalls.slice(0, 3)).toEqual([0, 1, 0]);
    expect(sum(turnCalls)).toBe(1);
  },
};

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
