import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type PrivateRedis,
  type PrivateRedisOptions,
  startPrivateRedis,
} from '../../../scripts/lib/redis/private-redis.ts';
import { createRedisStore } from '../../../src/index.ts';
import type { AppendResult, HistoryPoint } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';

const key = aKey();

async function start(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const server = await startPrivateRedis(options);
  onTestFinished(() => server.close());
  return server;
}

/** A server with one replica, and a sentinel that makes the replica the server when it is gone for half a second. */
async function aWatchedPair(): Promise<{ readonly master: PrivateRedis; readonly url: string }> {
  const master = await start({ settings: { 'repl-diskless-sync-delay': '0' } });
  await start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
  await untilSays(master, ['INFO', 'replication'], 'state=online');
  const sentinel = await start({
    sentinel: [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
    ],
  });
  await untilSays(sentinel, ['SENTINEL', 'REPLICAS', 'main'], '127.0.0.1');
  return { master, url: `redis+sentinel://127.0.0.1:${sentinel.port}/main/0` };
}

async function untilSays(
  server: PrivateRedis,
  [command, ...args]: readonly [string, ...string[]],
  text: string,
): Promise<void> {
  const client = new Redis(server.url);
  const ask = async (): Promise<string> => String(await client.call(command, ...args));
  await expect.poll(ask, { timeout: 20_000 }).toContain(text);
  client.disconnect();
}

/** Repeats a write until the replica has it, which takes a moment after it has come. */
async function untilReplicated(write: () => Promise<AppendResult>): Promise<HistoryPoint> {
  let result: AppendResult | null = null;
  const attempt = async (): Promise<unknown> => {
    result = await write().catch(() => null);
    return result;
  };
  await expect.poll(attempt, { timeout: 20_000 }).toMatchObject({ firstPosition: 1 });
  return (result as unknown as Extract<AppendResult, { readonly kind: 'ok' }>).point;
}

describe('C-67: a server that sentinels know', () => {
  test('is found, and followed to the replica that takes its place, with everything it had', async () => {
    const { master, url } = await aWatchedPair();
    const store = createRedisStore({
      url,
      durability: { replicas: 1 },
      commandTimeoutMs: 1000,
    });
    onTestFinished(() => store.close());
    const known = await untilReplicated(() => store.append(anAppend()));

    await master.kill();
    const more = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    // No replica is left to have it, so that its outcome stays unknown; the log says what became of it.
    await expect
      .poll(() => store.append(more).catch((error: unknown) => error), { timeout: 30_000 })
      .toMatchObject({ code: 'UNKNOWN_OUTCOME', message: expect.stringContaining('0 of 1') });
    expect(await store.read({ key, fromPosition: 1, limit: 10 })).toMatchObject({
      records: ['1{"n":1}', '1{"n":1}'],
    });
  });

  test('without a server of that name is an error in time', async () => {
    const sentinel = await start({ sentinel: ['sentinel resolve-hostnames no'] });
    const store = createRedisStore({
      url: `redis+sentinel://127.0.0.1:${sentinel.port}/other/0`,
      commandTimeoutMs: 300,
    });
    onTestFinished(() => store.close());

    await expect(store.head({ key })).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
  });
});
