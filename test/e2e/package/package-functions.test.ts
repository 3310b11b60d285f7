import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  closeDefaultRuntime,
  configureStorage,
  getStorageInfo,
  getVersion,
  isAvailable,
  SessionManager,
} from '../../../src/index.ts';

afterEach(() => closeDefaultRuntime());

describe('configureStorage', () => {
  test('C-171: sets the life of sessions before the first use', async () => {
    expect(configureStorage({ defaultTtlHours: 2 })).toBe(true);

    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const session = new SessionManager({ sessionId: 's' });
    await session.userSays('hello');

    vi.setSystemTime(Date.now() + 1.9 * 3_600_000);
    expect(await session.exists()).toBe(true);
    vi.setSystemTime(Date.now() + 0.2 * 3_600_000);
    expect(await session.exists()).toBe(false);
  });

  test('W-12: C-171: changes nothing once the storage is in use', async () => {
    const session = new SessionManager({ sessionId: 's' });
    await session.userSays('hello');

    expect(configureStorage({ defaultTtlHours: 1 })).toBe(false);
    expect(await session.getConversation()).toHaveLength(1);
  });

  test('C-171: refuses what is no time', () => {
    expect(() => configureStorage({ defaultTtlHours: 0 })).toThrow('options.defaultTtlHours: ');
    expect(() => configureStorage({ ttl: 5 } as object)).toThrow('options.ttl: ');
  });
});

describe('getStorageInfo', () => {
  test('C-171: C-83: says what is used and what it holds, and does not begin to use it', async () => {
    expect(await getStorageInfo()).toEqual({ provider: 'memory', store: null, actors: null });

    await new SessionManager().userSays('hello');

    expect(await getStorageInfo()).toMatchObject({
      provider: 'memory',
      store: { backend: 'memory', durability: 'memory', sessions: 1, records: 2 },
      actors: { commits: 1 },
    });
  });

  test('W-70: C-171: tells no address and no secret', async () => {
    process.env['SESSION_REDIS_URL'] = 'redis://user:hunter2@db.example:6379/0';
    try {
      expect(JSON.stringify(await getStorageInfo())).not.toMatch(/hunter2|db\.example/);
    } finally {
      delete process.env['SESSION_REDIS_URL'];
    }
  });
});

test('C-172: isAvailable tells of twelve parts which of them are there', () => {
  const parts = isAvailable();

  expect(Object.keys(parts)).toHaveLength(12);
  expect(Object.entries(parts).filter(([, isThere]) => !isThere)).toEqual([]);
});

test('W-60: C-172: getVersion is the version of package.json', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { readonly version: string };

  expect(getVersion()).toBe(manifest.version);
});
