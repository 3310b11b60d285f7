import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

test('a server that became a replica is named as one, read all the while, and written to once it is none', async () => {
  const server = await startPrivateRedis();
  onTestFinished(() => server.close());
  const operator = new Redis(server.url);
  const store = aRedisStore({ url: server.url, namespace: aNamespace() });
  const key = aKey({ sessionId: 'said' });
  await store.append(anAppend({ key }));

  await operator.call('REPLICAOF', '127.0.0.1', String(await freePort()));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    // In order: each write meets the replica on a connection of its own, and each read follows such a refusal.
    const refused = store.append(anAppend({ key: aKey({ sessionId: `refused ${attempt}` }) }));
    await expect(refused).rejects.toMatchObject({
      code: 'STORAGE_ERROR',
      message: expect.stringContaining('READONLY'),
    });
    expect(await store.load({ key })).toMatchObject({ kind: 'found', point: { version: 1 } });
  }

  await operator.call('REPLICAOF', 'NO', 'ONE');
  const next = await store.append(anAppend({ key: aKey({ sessionId: 'written' }) }));
  expect(next).toMatchObject({ kind: 'ok' });
  operator.disconnect();
  await store.close();
});
