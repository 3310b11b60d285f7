import { afterEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import {
  closeDefaultRuntime,
  createRedisStore,
  getStorageInfo,
  openPagefold,
  type Pagefold,
  SessionManager,
} from '../../../src/index.ts';
import { aNamespace } from '../../lib/redis/stores.ts';
import { contents, talk } from '../../lib/redis/talk.ts';

const url = inject('redisUrl');

afterEach(async () => {
  await closeDefaultRuntime();
  vi.unstubAllEnvs();
});

/** Lets another process say something, and waits until it has ended. */
async function say(sessionId: string, name: string, count: number): Promise<void> {
  expect(await talk({ sessionId, name, count, env: { SESSION_REDIS_URL: url } })).toBe(0);
}

async function here(): Promise<Pagefold> {
  const store = createRedisStore({ url });
  const pagefold = await openPagefold({ store, tokens: 'estimate' });
  onTestFinished(async () => {
    await pagefold.close();
    await store.close();
  });
  return pagefold;
}

describe('sessions in Redis', () => {
  test('W-01: what one process said and ended, another one reads', async () => {
    const sessionId = aNamespace();
    await say(sessionId, 'first', 3);

    const pagefold = await here();
    expect(await contents(pagefold, sessionId)).toEqual(['first 0', 'first 1', 'first 2']);
    await say(sessionId, 'second', 1);
    expect(await contents(pagefold, sessionId)).toHaveLength(4);
  });

  test('W-05: four processes write one session at once and lose nothing', async () => {
    const sessionId = aNamespace();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => say(sessionId, name, 40)));

    const pagefold = await here();
    const said = await contents(pagefold, sessionId);
    expect(said).toHaveLength(160);
    for (const name of names) {
      const own = said.filter((text) => text.startsWith(name));
      expect(own).toEqual(Array.from({ length: 40 }, (_, index) => `${name} ${index}`));
    }
    expect((await pagefold.session(sessionId).getStats()).totalMessages).toBe(160);
  });

  test('W-71: C-86: the embedded runtime keeps them there when the environment says so', async () => {
    vi.stubEnv('SESSION_PROVIDER', 'redis');
    vi.stubEnv('SESSION_REDIS_URL', url);
    const sessionId = aNamespace();

    await new SessionManager({ sessionId }).userSays('hello');

    expect(await getStorageInfo()).toMatchObject({
      provider: 'redis',
      store: { backend: 'redis', durability: 'everysec' },
    });
    expect(JSON.stringify(await getStorageInfo())).not.toContain('127.0.0.1');
    expect(await contents(await here(), sessionId)).toEqual(['hello']);
  });

  test('W-70: an address that cannot be read is refused at once, without being repeated', async () => {
    vi.stubEnv('SESSION_PROVIDER', 'redis');
    vi.stubEnv('SESSION_REDIS_URL', 'http://:hunter2@db.example');
    const begin = new SessionManager().userSays('hello');

    await expect(begin).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'SESSION_REDIS_URL',
      message: expect.not.stringContaining('hunter2'),
    });
  });

  test('W-04: C-73: what one process deleted is gone in another one that had it cached', async () => {
    const sessionId = aNamespace();
    const [left, right] = await Promise.all([here(), here()]);
    await left.session(sessionId).userSays('hello');
    await right.session(sessionId).userSays('hi');
    await right.session(sessionId).delete();

    expect(await contents(left, sessionId)).toEqual([]);
    expect((await left.listSessions({ sessionIdPrefix: sessionId })).heads).toEqual([]);
  });
});
