import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { createRedisStore, type Store } from '../../../src/index.ts';
import { assertVersion } from '../../../src/store/redis/server-check.ts';
import type { HistoryPoint } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { startNewerProxy } from '../../lib/redis/newer-proxy.ts';

async function aServer(settings: Readonly<Record<string, string>> = {}): Promise<PrivateRedis> {
  const server = await startPrivateRedis({ settings });
  onTestFinished(() => server.close());
  return server;
}

test('with replicas a write is acknowledged when they have it, and else of unknown outcome', async () => {
  const server = await aServer({ 'repl-diskless-sync-delay': '0' });
  const replica = await aServer({ replicaof: `127.0.0.1 ${server.port}` });
  const watcher = new Redis(server.url);
  onTestFinished(() => watcher.disconnect());
  await expect
    .poll(() => watcher.info('replication'), { timeout: 10_000 })
    .toContain('state=online');
  const store = createRedisStore({
    url: server.url,
    durability: { replicas: 1 },
    commandTimeoutMs: 1000,
  });
  onTestFinished(() => store.close());

  expect(store.durability).toBe('replicated');
  let known: HistoryPoint | null = null;
  const write = async (): Promise<unknown> => {
    const result = await store.append(anAppend()).catch(() => null);
    known = result !== null && 'firstPosition' in result ? result.point : null;
    return result;
  };
  // A replica that has just come may need longer than the first call waits.
  await expect.poll(write, { timeout: 10_000 }).toMatchObject({ firstPosition: 1 });
  await replica.kill();
  const more = anAppend({
    known,
    write: { writer: 'writer-1', operation: 2 },
  });
  await expect(store.append(more)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  await replica.start();
  // It was recorded all along, and is safe now.
  await expect
    .poll(() => store.append(more).catch((error: unknown) => error), { timeout: 10_000 })
    .toMatchObject({ kind: 'duplicate', firstPosition: 2 });
});

test('replicas cannot be waited for in a cluster, which is refused at once', () => {
  const url = 'redis://a:7000,b:7000';
  expect(() => createRedisStore({ url, durability: { replicas: 1 } })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field: 'options.durability' }) as Error,
  );
});

describe('writes that have to be in files', () => {
  async function aNewerServer(settings: Readonly<Record<string, string>>) {
    const server = await aServer(settings);
    const proxy = await startNewerProxy(server.port);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  async function aFlushedStore(url: string, replicas?: number): Promise<Store> {
    const durability = replicas === undefined ? { flushed: true } : { flushed: true, replicas };
    const store = createRedisStore({ url, durability, commandTimeoutMs: 1000 });
    onTestFinished(() => store.close());
    return store;
  }

  test('are acknowledged when the server says that they are, and else of unknown outcome', async () => {
    const { url, flushed, asked } = await aNewerServer({
      appendonly: 'yes',
      appendfsync: 'always',
    });
    const store = await aFlushedStore(url);
    const first = await store.append(anAppend());

    expect(store.durability).toBe('flushed');
    expect(first).toMatchObject({ firstPosition: 1 });
    expect(asked).toEqual([['1', '0', '500']]);
    flushed.local = 0;
    const known = 'point' in first ? first.point : null;
    const more = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    await expect(store.append(more)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      message: expect.stringContaining('the server has not flushed the write') as string,
    });
    flushed.local = 1;
    expect(await store.append(more)).toMatchObject({ kind: 'duplicate', firstPosition: 2 });
  });

  test('are waited for by who finds them recorded over a connection of its own, too', async () => {
    const { url, flushed } = await aNewerServer({ appendonly: 'yes', appendfsync: 'always' });
    const [one, other] = [await aFlushedStore(url), await aFlushedStore(url)];
    const first = await one.append(anAppend());
    const known = 'point' in first ? first.point : null;
    flushed.local = 0;
    const more = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    await expect(one.append(more)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });

    await expect(other.append(more)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    flushed.local = 1;
    expect(await other.append(more)).toMatchObject({ kind: 'duplicate', firstPosition: 2 });
  });

  test('share a wait that is under way, and none that began before them', async () => {
    const { url, asked } = await aNewerServer({ appendonly: 'yes', appendfsync: 'always' });
    const store = await aFlushedStore(url);
    await store.append(anAppend({ key: aKey({ sessionId: 'first' }) }));
    const before = asked.length;
    const keys = Array.from({ length: 200 }, (_, number) => aKey({ sessionId: `s-${number}` }));
    const results = await Promise.all(keys.map((key) => store.append(anAppend({ key }))));

    expect(results.every((result) => 'firstPosition' in result)).toBe(true);
    const calls = asked.length - before;
    expect(calls).toBeGreaterThan(0);
    // They are sent in seven calls, four of them at once.
    expect(calls).toBeLessThan(6);
    await store.append(anAppend({ key: aKey({ sessionId: 'last' }) }));
    expect(asked.length).toBe(before + calls + 1);
  });

  test('are of unknown outcome when the connection breaks meanwhile, as another server may answer then', async () => {
    const proxy = await aNewerServer({ appendonly: 'yes', appendfsync: 'always' });
    const store = await aFlushedStore(proxy.url);
    proxy.cutNext();

    await expect(store.append(anAppend())).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      message: expect.stringContaining('the connection broke') as string,
    });
    // The client asked once more over its new connection, and was told that all was well.
    expect(proxy.asked.length).toBe(2);
    expect(await store.append(anAppend())).toMatchObject({ kind: 'duplicate', firstPosition: 1 });
  });

  test('wait for the files of replicas, too', async () => {
    const { url, flushed, asked } = await aNewerServer({
      appendonly: 'yes',
      appendfsync: 'always',
    });
    const store = await aFlushedStore(url, 2);
    flushed.replicas = 1;
    await expect(store.append(anAppend())).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      message: expect.stringContaining('1 of 2 replicas have the write') as string,
    });
    flushed.replicas = 2;

    expect(await store.append(anAppend())).toMatchObject({ firstPosition: 1 });
    expect(asked.at(-1)).toEqual(['1', '2', '500']);
  });

  test('are refused when the server has no files, or does not tell', async () => {
    for (const [settings, message] of [
      [{ appendonly: 'no' }, 'appendonly no'],
      [{ appendonly: 'yes', appendfsync: 'no' }, 'appendfsync no'],
      [{ appendonly: 'yes', appendfsync: 'everysec' }, 'appendfsync everysec'],
    ] as const) {
      const { url } = await aNewerServer(settings);
      const store = await aFlushedStore(url);
      await expect(store.append(anAppend())).rejects.toMatchObject({
        code: 'STORAGE_ERROR',
        message: expect.stringContaining(message) as string,
      });
    }
    expect(() => assertVersion('redis_version:7.0.15\r\n', [7, 2])).toThrow(
      'Redis 7.2 or newer is needed',
    );
  });

  test.each([{}, { flushed: false }, { replicas: 0 }, { files: true }])(
    'are not what %j asks for, which is refused',
    (durability) => {
      expect(() => createRedisStore({ durability: durability as { flushed: true } })).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
      );
    },
  );
});
