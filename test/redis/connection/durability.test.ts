import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { createRedisStore } from '../../../src/index.ts';
import type { HistoryPoint } from '../../../src/store/store.ts';
import { anAppend } from '../../../src/testing/index.ts';

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
