import fc from 'fast-check';
import { Redis } from 'ioredis';
import { beforeAll, afterAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { bucketOf } from '../../../src/store/keys.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  aKey,
  anAppend,
  FOREVER,
  type VirtualClock,
  virtualClock,
} from '../../../src/testing/index.ts';
import { contentsOf } from '../../lib/redis/contents.ts';
import { aNamespace, aRedisStore, type RedisTestOptions } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
let redis: Redis;

beforeAll(() => {
  redis = new Redis(url);
});

afterAll(() => redis.disconnect());

function open(namespace: string, options: Partial<RedisTestOptions> = {}): Store {
  const store = aRedisStore({ url, namespace, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function fill(store: Store, key: SessionKey): Promise<void> {
  const result = await store.append(
    anAppend({
      key,
      records: ['1{"secret":"of mine"}'],
      labels: { userId: 'ada', properties: { plan: 'secret' } },
      outbox: { add: [{ id: 'secret-work', dueAtMs: 1 }] },
    }),
  );
  if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
  await store.saveSnapshot({ key, snapshot: { point: result.point, body: 'secret state' } });
}

/** Keys of sessions that one call of a sweep may look at together. */
function neighbours(count: number): readonly SessionKey[] {
  const keys: SessionKey[] = [];
  for (let number = 0; keys.length < count; number += 1) {
    const key = aKey({ sessionId: `s${number}` });
    if (bucketOf(key) < 128) keys.push(key);
  }
  return keys;
}

/** Sessions that live on when the time comes at which their expiry is looked at. */
async function prolonged(
  { store, clock }: { readonly store: Store; readonly clock: VirtualClock },
  keys: readonly SessionKey[],
): Promise<void> {
  const timeToLive = { absoluteMs: null, slidingMs: 60_000 };
  const created = await Promise.all(keys.map((key) => store.append(anAppend({ key, timeToLive }))));
  clock.advance(50_000);
  const write = { writer: 'writer-1', operation: 2 };
  await Promise.all(
    created.map(async (result, index) => {
      if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
      await store.append(anAppend({ key: keys[index] ?? aKey(), known: result.point, write }));
    }),
  );
  clock.advance(20_000);
}

/** How many sessions are to be looked at. */
async function dueAt(namespace: string, nowMs: number): Promise<number> {
  const indexes = await redis.keys(`${namespace}:*:ex`);
  const counts = await Promise.all(indexes.map((name) => redis.zcount(name, '-inf', nowMs)));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('a sweep that meets sessions that live on', () => {
  test('looks at 50 of them in a call, and goes on after a pause in the background', async () => {
    const namespace = aNamespace();
    const clock = virtualClock();
    const keys = neighbours(120);
    await prolonged({ store: open(namespace, { clock }), clock }, keys);
    const store = open(namespace, { clock, store: { timers: clock, sweepIntervalMs: 30_000 } });
    await Promise.all(keys.map((key) => store.head({ key })));

    const left: [number, number | null][] = [];
    for (const delayMs of [30_000, 10, 10]) {
      clock.advance(delayMs);
      await expect.poll(() => clock.msToNextTimer()).not.toBeNull();
      left.push([await dueAt(namespace, clock.nowMs()), clock.msToNextTimer()]);
    }
    expect(left).toEqual([
      [70, 10],
      [20, 10],
      [0, 30_000],
    ]);
  });

  test('finds what has expired behind them, and counts that alone', async () => {
    const namespace = aNamespace();
    const clock = virtualClock();
    const store = open(namespace, { clock });
    const [expired = aKey(), ...keys] = neighbours(121);
    await prolonged({ store, clock }, keys);
    await store.append(anAppend({ key: expired, timeToLive: { absoluteMs: 1, slidingMs: null } }));
    clock.advance(1);

    expect(await store.sweep({ limit: 2 })).toBe(1);
    expect(await dueAt(namespace, clock.nowMs())).toBe(0);
    expect(await store.head({ key: keys[0] ?? expired })).not.toBeNull();
  });
});

describe('what is left on the server', () => {
  test('of an erased session are the names of its writers alone, and for a while', async () => {
    const namespace = aNamespace();
    const store = open(namespace);
    await fill(store, aKey());
    await store.erase({ scope: { kind: 'tenant', tenant: 'acme' } });

    const left = await contentsOf(redis, namespace);
    const [grave = '', ...others] = [...left.keys()].filter((key) => !key.endsWith(':layout'));
    expect(others).toEqual([]);
    expect(Object.keys(await redis.hgetall(grave)).toSorted()).toEqual(['k', 'w:writer-1']);
    const leftMs = await redis.pttl(grave);
    expect([leftMs > 0, leftMs <= 600_000]).toEqual([true, true]);
  });

  test('C-84: of an expired session is nothing more, once a sweep in the background has passed', async () => {
    const namespace = aNamespace();
    const store = open(namespace, { store: { sweepIntervalMs: 20 } });
    await store.append(anAppend({ timeToLive: { absoluteMs: 1, slidingMs: null } }));
    await store.append(anAppend({ key: aKey({ sessionId: 'kept' }), timeToLive: FOREVER }));

    await expect
      .poll(async () =>
        [...(await contentsOf(redis, namespace)).keys()].filter((key) => key.includes(':e:')),
      )
      .toEqual([expect.stringContaining('kept')]);
  });

  test('W-03: C-74: of other tenants is everything, to the byte, whatever the ids are', async () => {
    const id = fc.oneof(
      fc.constantFrom('a', 'a:b', '{1}', '}{', '*', '%3A', ' ', 'а', 'ａ', '\u202Ea', "a'b", 'a!'),
      fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      fc.string({ minLength: 120, maxLength: 128, unit: 'grapheme-ascii' }),
    );
    const pairs = fc.uniqueArray(fc.record({ tenant: id, sessionId: id }), {
      minLength: 2,
      maxLength: 6,
      selector: ({ tenant, sessionId }) => JSON.stringify([tenant, sessionId]),
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (keys) => {
        const [mine = aKey(), ...rest] = keys;
        const others = rest.filter(({ tenant }) => tenant !== mine.tenant);
        const namespace = aNamespace();
        const store = aRedisStore({ url, namespace });
        await Promise.all(others.map((key) => fill(store, key)));
        const before = await contentsOf(redis, namespace);
        await fill(store, mine);
        await store.remove({ key: mine });
        await store.erase({ scope: { kind: 'tenant', tenant: mine.tenant } });
        const after = await contentsOf(redis, namespace);
        await store.close();
        expect([...before].map(([name]) => after.get(name))).toEqual([...before.values()]);
      }),
      { numRuns: 15 },
    );
  });
});
