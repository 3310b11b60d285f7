import { Redis } from 'ioredis';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { createRedisStore, openPagefold } from '../../../src/index.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { startFaultyProxy } from '../../lib/redis/faulty-proxy.ts';
import { aNamespace, aRedisStore, type RedisTestOptions } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const key = aKey();

const NO_FAULTS = { cutReply: 0, tearReply: 0, cutRequest: 0, delayReply: 0, maxDelayMs: 0 };

function open(options: Partial<RedisTestOptions> = {}): Store {
  const store = aRedisStore({ url, namespace: aNamespace(), ...options });
  onTestFinished(() => store.close());
  return store;
}

async function aServer(settings: Readonly<Record<string, string>> = {}): Promise<PrivateRedis> {
  const server = await startPrivateRedis({ settings });
  onTestFinished(() => server.close());
  return server;
}

function client(to: string): Redis {
  const redis = new Redis(to);
  onTestFinished(() => redis.disconnect());
  return redis;
}

async function failureOf(call: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  try {
    return { answered: await call };
  } catch (error) {
    return error as Readonly<Record<string, unknown>>;
  }
}

function expectBounded(codes: readonly unknown[]): void {
  const isFailed = (code: unknown): boolean =>
    code === 'STORAGE_ERROR' || code === 'UNKNOWN_OUTCOME';
  expect(codes.filter((code) => code === 'OVERLOADED')).toHaveLength(80);
  expect(codes.filter(isFailed)).toHaveLength(20);
}

describe('a server', () => {
  test('is taught the scripts again when it has forgotten them', async () => {
    const server = await aServer();
    const store = open({ url: server.url });
    const first = await store.append(anAppend());
    await client(server.url).script('FLUSH');

    const point = first.kind === 'ok' ? first.point : null;
    const write = { writer: 'writer-1', operation: 2 };
    expect(await store.append(anAppend({ known: point, write }))).toMatchObject({ kind: 'ok' });
    expect(await store.head({ key })).toMatchObject({ version: 2 });
  });

  test('C-67: is reached through a unix socket, by a user with rights on the namespace alone', async () => {
    const server = await aServer();
    const namespace = aNamespace();
    const rights = ['on', '>opensesame', `~${namespace}:*`, '+@all', '-@dangerous'];
    await client(server.url).call('ACL', 'SETUSER', 'sessions', ...rights);
    const store = open({
      url: `redis+unix://sessions:opensesame@${server.socketPath}`,
      namespace,
    });

    expect((await store.append(anAppend())).kind).toBe('ok');
    expect(
      (await store.list({ tenant: key.tenant, order: 'created', limit: 5 })).heads,
    ).toHaveLength(1);
    await store.erase({ scope: { kind: 'tenant', tenant: key.tenant } });
    expect(await store.head({ key })).toBeNull();
  });

  test('without the database that is named is an error, at once and every time, and nothing is written elsewhere', async () => {
    const server = await aServer({ databases: '4' });
    const store = open({ url: `${server.url}/9`, connection: { commandTimeoutMs: 20_000 } });
    const refused = {
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('database 9: ERR DB index is out of range'),
    };
    expect(await failureOf(store.append(anAppend()))).toMatchObject(refused);
    // The second and third calls meet a client that connects again.
    expect(await failureOf(store.append(anAppend()))).toMatchObject(refused);
    expect(await failureOf(store.append(anAppend()))).toMatchObject(refused);
    expect(await client(server.url).dbsize()).toBe(0);

    const other = open({ url: `${server.url}/3` });
    expect((await other.append(anAppend())).kind).toBe('ok');
    expect(await client(`${server.url}/3`).dbsize()).toBeGreaterThan(0);
    expect(await client(server.url).dbsize()).toBe(0);
  });

  test('that is asked for TLS and does not speak it is told of with a word about TLS', async () => {
    const server = await aServer();
    const store = open({
      url: server.url.replace('redis:', 'rediss:'),
      connection: { commandTimeoutMs: 500 },
    });
    expect(await failureOf(store.append(anAppend()))).toMatchObject({
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('over TLS'),
    });
  });

  test('W-70: that refuses a password is not told of with it', async () => {
    const server = await aServer({ requirepass: 'right' });
    const store = createRedisStore({
      url: `redis://:hunter2@127.0.0.1:${server.port}`,
      commandTimeoutMs: 300,
    });
    onTestFinished(() => store.close());

    const failure = await failureOf(store.append(anAppend()));
    expect(failure).toMatchObject({ code: 'STORAGE_ERROR' });
    const told = [failure['message'], failure['stack'], JSON.stringify(failure)].join(' ');
    expect(told).not.toContain('hunter2');
  });

  test('that is full refuses with OVERLOADED, records nothing, and can be emptied', async () => {
    const server = await aServer();
    const store = open({ url: server.url });
    const first = await store.append(anAppend());
    await client(server.url).config('SET', 'maxmemory', '1mb');

    const more = anAppend({
      known: first.kind === 'ok' ? first.point : null,
      write: { writer: 'writer-1', operation: 2 },
      records: ['x'.repeat(500_000)],
    });
    expect(await failureOf(store.append(more))).toMatchObject({
      code: 'OVERLOADED',
      scope: 'store',
      reason: 'full',
    });
    expect(await store.head({ key })).toMatchObject({ version: 1 });
    expect(await store.remove({ key })).toBe(true);
    await client(server.url).config('SET', 'maxmemory', '0');
    expect(await store.append(more)).toEqual({ kind: 'gone', wasRecorded: false });
  });

  test('that is full lets go of sessions that are linked with each other', async () => {
    const server = await aServer();
    const pagefold = await openPagefold({ store: open({ url: server.url }), tokens: 'estimate' });
    onTestFinished(() => pagefold.close());
    const root = pagefold.session('root');
    await root.userSays('hello');
    await (await root.fork({ sessionId: 'kid' })).fork({ sessionId: 'grandkid' });
    await pagefold.session('parent', { userId: 'u' }).userSays('hello');
    await pagefold.session('child', { userId: 'u', parentId: 'parent' }).userSays('hello');
    await client(server.url).config('SET', 'maxmemory', '500kb');
    await expect(root.userSays('more')).rejects.toMatchObject({ code: 'OVERLOADED' });

    await root.delete({ children: 'cascade' });
    const receipt = await pagefold.erase({ tenant: 'default', userId: 'u' });

    expect(receipt).toMatchObject({ sessions: 2 });
    expect((await pagefold.listSessions()).heads).toEqual([]);
  });

  test('that may evict keys is warned of, or refused', async () => {
    const server = await aServer({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' });
    const warnings: string[] = [];
    const lenient = createRedisStore({
      url: server.url,
      onWarning: ({ code }) => void warnings.push(code),
    });
    const strict = createRedisStore({ url: server.url, evictionPolicy: 'error' });
    onTestFinished(async () => {
      await Promise.all([lenient.close(), strict.close()]);
    });

    expect((await lenient.append(anAppend())).kind).toBe('ok');
    // It keeps no log on disk either, which the default level expects.
    expect(warnings).toEqual(['redis-eviction-policy', 'redis-durability']);
    expect(await failureOf(strict.head({ key }))).toMatchObject({
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('noeviction'),
    });
  });

  test('with data of another layout is refused', async () => {
    const namespace = aNamespace();
    await client(url).set(`${namespace}:layout`, '1 4096');

    expect(await failureOf(open({ namespace }).head({ key }))).toMatchObject({
      code: 'SCHEMA_TOO_NEW',
    });
  });
});

describe('a connection', () => {
  test('that cannot be made fails calls in time and for certain', async () => {
    const server = await aServer();
    await server.kill();
    const store = open({ url: server.url, connection: { commandTimeoutMs: 200 } });

    expect(await failureOf(store.append(anAppend()))).toMatchObject({ code: 'STORAGE_ERROR' });
    await server.start();
    await expect
      .poll(() => failureOf(store.append(anAppend())))
      .toMatchObject({ answered: { firstPosition: 1 } });
  });

  test('that is down holds a bounded number of calls, and works again afterwards', async () => {
    const server = await aServer();
    const connection = { commandTimeoutMs: 400, maxPendingCalls: 20 };
    const store = open({ url: server.url, connection, store: { maxPendingCalls: 20 } });
    await store.append(anAppend());
    await server.kill();

    const calls = [
      () => store.head({ key }),
      () => store.append(anAppend({ key: aKey({ sessionId: 'other' }) })),
    ];
    for (const call of calls) {
      // In order: each sort of calls has all the room to itself.
      const failures = await Promise.all(Array.from({ length: 100 }, () => failureOf(call())));
      expectBounded(failures.map((failure) => failure['code']));
    }
    await server.start();
    // Nothing was on disk, so the session is not there; the call is answered, which is what counts.
    await expect.poll(() => failureOf(store.head({ key }))).toEqual({ answered: null });
  });

  test('on which nothing comes back leaves the outcome unknown, and the repeated write finds it', async () => {
    const server = await aServer();
    const proxy = await startFaultyProxy(server.port, NO_FAULTS, () => 1);
    onTestFinished(() => proxy.close());
    const namespace = aNamespace();
    const store = open({ url: proxy.url, namespace, connection: { commandTimeoutMs: 200 } });
    const direct = open({ url: server.url, namespace });
    await store.head({ key });
    proxy.stall();

    expect(await failureOf(store.append(anAppend()))).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    proxy.heal();
    expect(await direct.append(anAppend())).toMatchObject({ kind: 'ok', firstPosition: 1 });
    await expect.poll(async () => (await direct.head({ key }))?.version).toBe(1);
  });

  test('C-68: W-51: moves that come together travel together, on one connection', async () => {
    const server = await aServer();
    const store = open({ url: server.url });
    await store.head({ key });
    const redis = client(server.url);
    await redis.config('RESETSTAT');

    await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        store.append(anAppend({ key: aKey({ sessionId: `s${index}` }) })),
      ),
    );
    expect(String(await redis.call('CLIENT', 'LIST')).match(/name=pagefold/g)).toHaveLength(1);
    const stats = await redis.info('commandstats');
    const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, count]) =>
      Number(count),
    );
    // Two of 32 moves each, and once more where the server did not know the script yet.
    expect(calls.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4);
  });

  test('is asked for its figures, which tells whether it is well', async () => {
    const server = await aServer();
    const store = open({ url: server.url, connection: { commandTimeoutMs: 300 } });
    const entries = ['a', 'b', 'c'].map((id) => ({ id, dueAtMs: 1 }));
    await store.append(anAppend({ outbox: { add: entries } }));

    expect(await store.stats()).toMatchObject({ backend: 'redis', outboxEntries: 3 });
    await server.kill();
    expect(await failureOf(store.stats())).toMatchObject({ code: 'STORAGE_ERROR' });
  });

  test('history that the server has lost is reported', async () => {
    const server = await aServer({ appendonly: 'no' });
    const store = open({ url: server.url });
    const first = await store.append(anAppend());
    const known = first.kind === 'ok' ? first.point : null;
    await client(server.url).save();
    const lost = await store.append(
      anAppend({ known, write: { writer: 'writer-1', operation: 2 } }),
    );
    const cached = lost.kind === 'ok' ? lost.point : null;
    await server.kill();
    await server.start();

    const write = { writer: 'writer-1', operation: 3 };
    await expect
      .poll(() => failureOf(store.append(anAppend({ known: cached, write }))))
      .toMatchObject({ answered: { kind: 'regressed', point: { version: 1 } } });
    // Grown past the lost version again, it is still another history.
    const grown = anAppend({
      known,
      write: { writer: 'other', operation: 1 },
      records: ['a', 'b'],
    });
    await store.append(grown);
    expect(await store.append(anAppend({ known: cached, write }))).toMatchObject({
      kind: 'regressed',
    });
  });
});
