import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import type { AppendResult, HistoryPoint, Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const key = aKey();

async function aServer(): Promise<PrivateRedis> {
  const server = await startPrivateRedis({
    settings: { appendonly: 'yes', appendfsync: 'always' },
  });
  onTestFinished(() => server.close());
  return server;
}

/** Runs something with a store of its own, as a process between two starts of its server would. */
async function withStore<Result>(
  place: { readonly url: string; readonly namespace: string },
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = aRedisStore(place);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function add(
  store: Store,
  known: HistoryPoint | null,
  [writer, operation, ...records]: readonly [string, number, ...string[]],
): Promise<HistoryPoint> {
  const result: AppendResult = await store.append(
    anAppend({ key, known, write: { writer, operation }, records }),
  );
  if (result.kind === 'ok') return result.point;
  throw new Error(`unexpected ${result.kind}`);
}

async function restart(server: PrivateRedis): Promise<void> {
  await server.kill();
  await server.start();
}

/** Kills the server and cuts its file within the last of a command, as a kill in the middle of writing it does. */
async function killWhileWriting(server: PrivateRedis, command = 'HSET'): Promise<void> {
  await server.kill();
  const folder = path.join(server.folder, 'appendonlydir');
  const name = readdirSync(folder).find((file) => file.endsWith('.incr.aof')) ?? '';
  const file = path.join(folder, name);
  truncateSync(file, readFileSync(file, 'latin1').lastIndexOf(command) + 2);
  await server.start();
}

async function recordsOf(store: Store): Promise<readonly string[]> {
  const page = await store.read({ key, fromPosition: 1, limit: 10_000 });
  return page?.records ?? [];
}

describe('a log of which a server applied half a write at its second start', () => {
  test('is read, loaded and written as if it had not, whatever was recorded since', async () => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    const first = await withStore(place, async (store) => {
      const point = await add(store, null, ['w', 1, 'one', 'two']);
      await add(store, point, ['w', 2, 'lost three', 'lost four']);
      return point;
    });
    await killWhileWriting(server);
    const later = await withStore(place, async (store) => {
      const other = await add(store, first, ['other', 1, 'three']);
      return add(store, other, ['other', 2, ...Array.from({ length: 300 }, (_, n) => `m${n}`)]);
    });
    const whole = ['one', 'two', 'three', ...Array.from({ length: 300 }, (_, n) => `m${n}`)];

    await restart(server);
    await withStore(place, async (store) => expect(await recordsOf(store)).toEqual(whole));
    await restart(server);
    await withStore(place, async (store) => {
      const next = await add(store, later, ['other', 3, 'end']);
      expect(next.version).toBe(304);
      expect(await recordsOf(store)).toEqual([...whole, 'end']);
      expect(await store.load({ key, known: next })).toMatchObject({ kind: 'found' });
    });
  });

  test('is mended by a write alone, and by one whose sender knows an earlier point', async () => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    const first = await withStore(place, async (store) => {
      const point = await add(store, null, ['w', 1, 'one']);
      await add(store, point, ['w', 2, 'lost']);
      return point;
    });
    await killWhileWriting(server);
    const second = await withStore(place, (store) => add(store, first, ['a', 1, 'two']));
    const third = await withStore(place, (store) => add(store, second, ['b', 1, 'three']));
    await restart(server);

    await withStore(place, async (store) => {
      await Promise.all([add(store, second, ['c', 1, 'x']), add(store, third, ['d', 1, 'y'])]);
      const records = await recordsOf(store);
      expect(records.slice(0, 3)).toEqual(['one', 'two', 'three']);
      expect(records.slice(3).toSorted()).toEqual(['x', 'y']);
      expect(await store.head({ key })).toMatchObject({ version: 5, counters: { events: 5 } });
    });
  });

  test('that cannot be mended is an error of that session alone', async () => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    await withStore(place, async (store) => {
      const point = await add(store, null, ['w', 1, 'one', 'two']);
      const redis = new Redis(server.url);
      const [name = ''] = (await redis.keys('*')).filter((one) => one.includes(':e:'));
      await redis.lpop(name);
      redis.disconnect();

      const corrupt = { code: 'CORRUPT_RECORD' };
      await expect(recordsOf(store)).rejects.toMatchObject(corrupt);
      await expect(store.load({ key })).rejects.toMatchObject(corrupt);
      await expect(add(store, point, ['w', 2, 'three'])).rejects.toMatchObject(corrupt);
      const other = aKey({ sessionId: 'other' });
      expect(await store.append(anAppend({ key: other }))).toMatchObject({ kind: 'ok' });
    });
  });
});

/** A server that was killed within the last of a command, and that applied what stands before it: at its second start. */
async function startTwice(
  place: { readonly server: PrivateRedis; readonly namespace: string },
  command: string,
): Promise<void> {
  const { server, namespace } = place;
  await killWhileWriting(server, command);
  await withStore({ url: server.url, namespace }, (store) =>
    store.append(anAppend({ key: aKey({ sessionId: 'other' }) })),
  );
  await restart(server);
}

async function listed(store: Store, order: 'created' | 'updated'): Promise<readonly string[]> {
  const { heads } = await store.list({ tenant: key.tenant, order, limit: 10 });
  return heads.map((head) => head.key.sessionId);
}

const entry = { id: 'work', dueAtMs: 1 };
const labels = { userId: 'ada', properties: {} };

describe('a session of which a server applied half', () => {
  test.each([
    ['creation', 'HSET'],
    ['removal', 'PEXPIRE'],
    ['removal', 'UNLINK'],
    ['removal', 'us:acme'],
    ['removal', 'HSET'],
  ] as const)('a %s, up to %s, is not there and can be created', async (what, command) => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    await withStore(place, async (store) => {
      await store.append(anAppend({ key, labels, outbox: { add: [entry] } }));
      if (what === 'removal') await store.remove({ key });
    });
    await startTwice({ server, ...place }, command);

    await withStore(place, async (store) => {
      expect(await store.load({ key })).toEqual({ kind: 'missing' });
      expect(await listed(store, 'updated')).toEqual(['other']);
      expect(await listed(store, 'created')).toEqual(['other']);
      const usage = { events: what === 'removal' ? 2 : 1 };
      expect(await store.tenantUsage({ tenant: key.tenant })).toMatchObject(usage);
      await add(store, null, ['new', 1, 'again']);
      expect(await recordsOf(store)).toEqual(['again']);
      expect(await listed(store, 'updated')).toEqual([key.sessionId, 'other']);
      const scope = { kind: 'user', tenant: key.tenant, userId: 'ada' } as const;
      expect(await store.erase({ scope })).toMatchObject({ sessions: 0 });
      expect(await store.head({ key })).toMatchObject({ labels: { userId: null }, version: 1 });
    });
  });

  test.each([
    ['what is remembered of its writers', '\r\nk\r\n', {}],
    ['what is remembered of its writers', '\r\nk\r\n', { labels }],
    ['its expiry', 'PEXPIRE', { labels }],
    ['its log', 'UNLINK', { labels }],
    ['its user', 'us:acme', { labels }],
  ] as const)('a removal, up to %s, takes nothing of what comes after it', async (...row) => {
    const [, command, given] = row;
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    const creation = anAppend({ key, write: { writer: 'first', operation: 1 }, ...given });
    await withStore(place, async (store) => {
      const created = await store.append(creation);
      const point = created.kind === 'ok' ? created.point : null;
      await add(store, point, ['second', 1, 'two']);
      await store.remove({ key });
    });
    await startTwice({ server, ...place }, command);

    await withStore(place, async (store) => {
      const point = await add(store, null, ['new', 1, 'again']);
      expect(await store.append(creation)).toMatchObject({ kind: 'gone' });
      const redis = new Redis(server.url);
      onTestFinished(() => redis.disconnect());
      const keys = await redis.keys(`${place.namespace}:*:${key.tenant}:${key.sessionId}`);
      expect(await Promise.all(keys.map((name) => redis.pttl(name)))).toEqual([-1, -1]);
      expect((await add(store, point, ['new', 2, 'more'])).version).toBe(2);
      expect(await recordsOf(store)).toEqual(['again', 'more']);
    });
  });

  test.each([
    { kind: 'session', key },
    { kind: 'user', tenant: key.tenant, userId: 'ada' },
    { kind: 'user', tenant: key.tenant, userId: 'ada', remnantsOnly: true },
    { kind: 'tenant', tenant: key.tenant },
  ] as const)('a removal, leaves nothing of itself behind an erasure: %j', async (scope) => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    await withStore(place, async (store) => {
      await store.append(anAppend({ key, labels, outbox: { add: [entry] } }));
      await store.remove({ key });
    });
    await startTwice({ server, ...place }, 'UNLINK');

    await withStore(place, async (store) => {
      await store.erase({ scope });
      const redis = new Redis(server.url);
      const names = await redis.keys('*');
      redis.disconnect();
      const left = names.filter((name) => /\}:(?:e:|s:|ob$|us:)/.test(name));
      expect(left.filter((name) => !name.endsWith(':other'))).toEqual([]);
    });
  });

  test.each([
    ['HSET', ['one', 'two']],
    ['ZREM', ['one', 'two', 'done']],
  ] as const)('a write, up to %s, still has the work it took out', async (command, records) => {
    const server = await aServer();
    const place = { url: server.url, namespace: aNamespace() };
    await withStore(place, async (store) => {
      const known = await add(store, null, ['w', 1, 'one']);
      const write = { key, known, records: ['two'], outbox: { add: [entry] } };
      const added = await store.append(
        anAppend({ ...write, write: { writer: 'w', operation: 2 } }),
      );
      expect(added.kind).toBe('ok');
      await store.append(
        anAppend({
          key,
          known,
          mode: 'any',
          write: { writer: 'w', operation: 3 },
          records: ['done'],
          outbox: { remove: [entry.id] },
        }),
      );
    });
    await startTwice({ server, ...place }, command);

    await withStore(place, async (store) => {
      expect(await recordsOf(store)).toEqual(records);
      const due = { dueBeforeMs: 2, limit: 10 };
      expect(await store.dueOutbox(due)).toEqual([{ key, ...entry }]);
      expect(await store.settleOutbox({ key, id: entry.id, dueAtMs: null })).toBe(true);
      expect(await store.dueOutbox(due)).toEqual([]);
    });
  });
});
