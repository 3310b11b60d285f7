import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  openPagefold,
  type Pagefold,
  SessionNotFound,
  type SessionQuery,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

async function found(pagefold: Pagefold, query: SessionQuery): Promise<readonly string[]> {
  return (await collect(pagefold.sessions(query))).map(({ key }) => key.sessionId);
}

describe('tenants', () => {
  test('W-03: C-74: cannot see, change or delete the sessions of each other', async () => {
    const pagefold = await aPagefold();
    const ours = pagefold.session('s', { tenant: 'acme' });
    await ours.userSays('our secret');
    const theirs = pagefold.session('s', { tenant: 'evil' });

    expect(await theirs.exists()).toBe(false);
    await expect(theirs.getSession()).rejects.toThrow(SessionNotFound);
    await expect(theirs.delete()).rejects.toThrow(SessionNotFound);
    await expect(theirs.setTimeToLive(0)).rejects.toThrow(SessionNotFound);
    await theirs.userSays('their own');
    await theirs.delete();

    expect((await ours.getConversation()).map((turn) => turn.content)).toEqual(['our secret']);
    expect(await found(pagefold, { tenant: 'evil' })).toEqual([]);
    expect(await found(pagefold, { tenant: 'acme' })).toEqual(['s']);
  });

  test.each(['a/b', 'a:b', 'a\u00e9', '{x}', '*', '..', 'constructor', '__proto__'])(
    'W-03: no id reaches the key of another: %s',
    async (name) => {
      const pagefold = await aPagefold();
      await pagefold.session('b', { tenant: 'a' }).userSays('secret');

      const session = pagefold.session(name, { tenant: name });
      await session.userSays('hello');

      expect(await session.getConversation()).toHaveLength(1);
      expect(await found(pagefold, { tenant: name })).toEqual([name]);
      expect(await found(pagefold, { tenant: 'a' })).toEqual(['b']);
    },
  );
});

describe('listing', () => {
  test('W-59: C-80: goes through all sessions page by page, also in a runtime that starts later', async () => {
    const store = aStore();
    const first = await openPagefold({ store, tokens: 'estimate' });
    const ids = Array.from({ length: 25 }, (_, index) => `chat-${String(index).padStart(2, '0')}`);
    for (const id of ids) await first.session(id).userSays('hello');
    await first.session('other').userSays('hello');
    await first.close();
    const pagefold = await aPagefold({ store });

    const page = await pagefold.listSessions({ sessionIdPrefix: 'chat-', limit: 10 });
    const next = await pagefold.listSessions({
      sessionIdPrefix: 'chat-',
      limit: 10,
      cursor: page.cursor!,
    });

    expect(page.heads.map(({ key }) => key.sessionId)).toEqual(ids.slice(0, 10));
    expect(next.heads.map(({ key }) => key.sessionId)).toEqual(ids.slice(10, 20));
    expect(await found(pagefold, { sessionIdPrefix: 'chat-', limit: 7 })).toEqual(ids);
  });

  test('C-81: finds sessions by user, by metadata and by both', async () => {
    const pagefold = await aPagefold();
    for (const [id, userId, plan, seats] of [
      ['a', 'u-1', 'pro', 5],
      ['b', 'u-1', 'free', 5],
      ['c', 'u-2', 'pro', 1],
    ] as const) {
      const metadata = { plan, seats, isTrial: false };
      await pagefold.session(id, { userId, metadata }).userSays('hello');
    }

    expect(await found(pagefold, { userId: 'u-1' })).toEqual(['a', 'b']);
    expect(await found(pagefold, { metadata: { plan: 'pro' } })).toEqual(['a', 'c']);
    expect(await found(pagefold, { metadata: { seats: 5, isTrial: false } })).toEqual(['a', 'b']);
    expect(await found(pagefold, { userId: 'u-1', metadata: { plan: 'pro' } })).toEqual(['a']);
    expect(await found(pagefold, { userId: 'nobody' })).toEqual([]);
  });

  test('C-81: finds sessions by time of creation and of change, in both orders', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const pagefold = await aPagefold();
    const at = (ms: number): void => void vi.setSystemTime(1_000_000_000_000 + ms);
    for (const [ms, id] of [
      [1000, 'a'],
      [2000, 'b'],
      [3000, 'c'],
    ] as const) {
      at(ms);
      await pagefold.session(id).userSays('hello');
    }
    at(4000);
    await pagefold.session('a').userSays('again');
    const base = 1_000_000_000_000;

    expect(await found(pagefold, { createdFromMs: base + 2000 })).toEqual(['b', 'c']);
    expect(await found(pagefold, { createdBeforeMs: base + 2000 })).toEqual(['a']);
    expect(await found(pagefold, { updatedFromMs: base + 3000 })).toEqual(['a', 'c']);
    expect(await found(pagefold, { updatedBeforeMs: base + 3000 })).toEqual(['b']);
    expect(await found(pagefold, { order: 'updated' })).toEqual(['a', 'c', 'b']);
    expect(await found(pagefold, { order: 'updated', limit: 1 })).toEqual(['a', 'c', 'b']);
  });

  test('tells of each session without its content', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { userId: 'u-1', metadata: { plan: 'pro' } });
    await talk(session, 1);
    await session.toolUsed({ toolName: 't', result: 1 });

    const [head] = (await pagefold.listSessions()).heads;

    expect(head).toMatchObject({
      key: { tenant: 'default', sessionId: 's' },
      labels: { userId: 'u-1', properties: { plan: 'pro' } },
      version: 4,
      openSegment: 1,
      counters: { events: 3, messages: 2, toolCalls: 1 },
    });
  });

  test('can be sent as JSON, with what each session cost in US dollars', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.aiResponds('hello', { costUsd: '0.25' });

    const page = await pagefold.listSessions();
    const [listed] = await collect(pagefold.sessions());

    expect(JSON.parse(JSON.stringify(page))).toEqual(page);
    expect(page.heads[0]?.counters).toMatchObject({ costUsd: '0.25', messages: 1 });
    expect(page.heads[0]?.counters).not.toHaveProperty('costPico');
    expect(listed).toEqual(page.heads[0]);
  });

  test('begins anew with the cursor of the last page', async () => {
    const pagefold = await aPagefold();
    for (const id of ['a', 'b']) await pagefold.session(id).userSays('hello');
    const { cursor } = await pagefold.listSessions();

    const again = await pagefold.listSessions({ cursor });

    expect(cursor).toBeNull();
    expect(again.heads).toHaveLength(2);
    expect(await found(pagefold, { cursor })).toEqual(['a', 'b']);
  });

  test.each([
    [{ limit: 0 }, 'query.limit'],
    [{ limit: 1001 }, 'query.limit'],
    [{ order: 'random' }, 'query.order'],
    [{ tenant: '' }, 'query.tenant'],
    [{ metadata: { a: {} } }, 'query.metadata.<key 0>'],
    [{ createdFromMs: Number.NaN }, 'query.createdFromMs'],
    [{ user: 'u-1' }, 'query.user'],
  ])('refuses %j, naming the field', async (query, field) => {
    const pagefold = await aPagefold();

    await expect(pagefold.listSessions(query as object)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
    await expect(collect(pagefold.sessions(query as object))).rejects.toMatchObject({ field });
  });

  test('refuses a cursor of another question', async () => {
    const pagefold = await aPagefold();
    for (const id of ['a', 'b']) await pagefold.session(id).userSays('hello');
    const { cursor } = await pagefold.listSessions({ limit: 1 });

    await expect(
      pagefold.listSessions({ limit: 1, cursor: cursor!, userId: 'u-1' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(pagefold.listSessions({ cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

test('a session is asked for by one id', async () => {
  const pagefold = await aPagefold();
  expect(() => pagefold.session('a', { sessionId: 'b' } as object)).toThrow(
    'options.sessionId: expected the id that is given before',
  );
  expect(pagefold.session('a', { sessionId: 'a' } as object).sessionId).toBe('a');
});

describe('openPagefold', () => {
  test.each([
    [{ store: 'postgres' }, 'options.store'],
    [{ tokens: 'guess' }, 'options.tokens'],
    [{ timeToLive: { slidingMs: -1 } }, 'options.timeToLive.slidingMs'],
    [{ limits: { sessionQueue: 0 } }, 'options.limits.sessionQueue'],
    [{ limits: { queue: 5 } }, 'options.limits.queue'],
    [{ summarize: 'gpt' }, 'options.summarize'],
    [{ prices: { m: { inputPerMillion: 1 } } }, 'options.prices.<key 0>.outputPerMillion'],
    [{ prices: { m: null } }, 'options.prices.<key 0>'],
    [{ workers: -1 }, 'options.workers'],
    [{ workers: 61 }, 'options.workers'],
    [{ workers: 'all' }, 'options.workers'],
    [{ store: { redis: { hosts: 3 } } }, 'options.store.redis.hosts'],
    [{ threads: 4 }, 'options.threads'],
  ])('refuses %j, naming the option', async (options, field) => {
    await expect(openPagefold(options as object)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
  });

  test('says what a queue may be', async () => {
    const expected = 'one of memory, redis or an object that describes a queue';
    await expect(openPagefold({ queue: 'kafka' as 'redis' })).rejects.toMatchObject({
      field: 'options.queue',
      message: `options.queue: expected ${expected}`,
    });
  });

  test('refuses new calls beyond its bounds with a time to come back', async () => {
    const pagefold = await aPagefold({ limits: { sessionQueue: 3 } });
    const session = pagefold.session('s');
    await session.userSays('hello');

    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => session.userSays(`message ${index}`)),
    );

    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(7);
    expect(refused[0]?.reason).toMatchObject({
      code: 'OVERLOADED',
      retryable: true,
      scope: 'session',
      retryAfterMs: expect.any(Number) as number,
    });
    expect(await session.getConversation()).toHaveLength(4);
  });

  test('W-73: close is one promise, finishes what is under way, and refuses what comes after', async () => {
    const pagefold = await openPagefold({ tokens: 'estimate', store: aStore() });
    const session = pagefold.session('s');
    await session.userSays('before');

    const last = session.userSays('under way');
    const closing = pagefold.close();
    const again = pagefold.close();

    await expect(last).resolves.toBe('s');
    await Promise.all([closing, again]);
    await expect(session.userSays('after')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(session.getStats()).rejects.toMatchObject({ code: 'CLOSED' });
    await pagefold.close();
  });

  test('W-73: closes by itself at the end of its block, and the store only if it is its own', async () => {
    const store = aStore();
    let inside: Pagefold;
    {
      await using pagefold = await openPagefold({ store, tokens: 'estimate' });
      inside = pagefold;
      await pagefold.session('s').userSays('hello');
    }

    expect(() => inside.session('s')).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error);
    expect((await store.stats()).sessions).toBe(1);
    const own = await openPagefold({ tokens: 'estimate' });
    await own.close();
    await expect(own.listSessions()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('C-83: C-85: stats tell what is stored and what is cached', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello');

    expect(await pagefold.stats()).toMatchObject({
      store: { backend: 'memory', sessions: 1, records: 2 },
      actors: { activations: 1, queued: 0, commits: 1, commands: 1, conflicts: 0 },
    });
    expect((await pagefold.stats()).actors.activationBytes).toBeGreaterThan(100);
  });

  test('flush waits for background work', async () => {
    const pagefold = await aPagefold({ summarize: async () => 'short' });
    await talk(pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 }), 2);

    await pagefold.flush();

    const read = await pagefold.session('s').getSession();
    expect(read.segments[0]?.summary?.text).toBe('short');
  });

  test('flush stops waiting when its caller does, and the work goes on', async () => {
    let finish = (text: string): void => void text;
    const summary = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const pagefold = await aPagefold({ summarize: () => summary });
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
    await talk(session, 2);

    await expect(pagefold.flush({ timeoutMs: 5 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    const aborted = session.flush({ signal: AbortSignal.timeout(5) });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(pagefold.flush({ timeoutMs: 0 })).rejects.toThrow('options.timeoutMs');
    finish('short');
    await session.flush({ timeoutMs: 10_000 });
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('short');
  });
});
