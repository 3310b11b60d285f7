import { describe, expect, test } from 'vitest';
import { createMemoryStore, type MemoryStoreOptions } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend, someRecords } from '../../../src/testing/store-builders.ts';
import { recorded, refusal, wholeLog } from '../../../src/testing/store/outcomes.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts';

const TEN_MINUTES_MS = 10 * 60_000;

function aStore(options: Partial<MemoryStoreOptions> = {}): {
  readonly store: Store;
  readonly clock: VirtualClock;
} {
  const clock = virtualClock();
  return { store: createMemoryStore({ clock, ...options }), clock };
}

const key = aKey();
const expiring = { timeToLive: { absoluteMs: 1000, slidingMs: null } };

function aSession(index: number): {
  readonly key: { readonly tenant: string; readonly sessionId: string };
} {
  return { key: aKey({ sessionId: `s${index}` }) };
}

describe('createMemoryStore', () => {
  test.each(['maxSessions', 'maxBytes', 'retryHorizonMs', 'sweepIntervalMs'])(
    'refuses a useless %s',
    (field) => {
      const clock = virtualClock();
      for (const value of [0, -1, 1.5, Number.NaN, 'many']) {
        expect(() => createMemoryStore({ clock, [field]: value })).toThrow(
          expect.objectContaining({ code: 'INVALID_INPUT', field }),
        );
      }
    },
  );

  test('C-65: is a store of this process that several runtimes may share', async () => {
    const { store } = aStore();
    expect([store.backend, store.durability, store.isShared]).toEqual(['memory', 'memory', true]);
    await recorded(store, anAppend());
    expect(await aStore().store.load({ key })).toEqual({ kind: 'missing' });
  });

  test('stores with different instances never take each other’s points for their own', async () => {
    const first = await recorded(aStore({ instance: 'one' }).store, anAppend());
    const { store } = aStore({ instance: 'two' });
    await recorded(store, anAppend());
    expect(await store.load({ key, known: first.point })).toEqual({ kind: 'gone' });
  });
});

describe('bounds', () => {
  test('C-78: refuses a session too many and loses none', async () => {
    const { store } = aStore({ maxSessions: 2 });
    await recorded(store, anAppend(aSession(1)));
    const second = await recorded(store, anAppend(aSession(2)));
    await expect(store.append(anAppend(aSession(3)))).rejects.toMatchObject({
      code: 'OVERLOADED',
      scope: 'store',
      reason: 'full',
    });
    expect(await store.load(aSession(3))).toEqual({ kind: 'missing' });
    const write = { writer: 'writer-1', operation: 2 };
    await recorded(store, anAppend({ ...aSession(2), known: second.point, write }));
    await store.remove(aSession(1));
    await recorded(store, anAppend(aSession(3)));
    expect((await store.stats()).sessions).toBe(2);
  });

  test('C-78: refuses bytes too many, changes nothing and loses nothing', async () => {
    const { store } = aStore({ maxBytes: 100_000 });
    const first = await recorded(store, anAppend());
    const before = { stats: await store.stats(), head: await store.head({ key }) };
    const big = anAppend({
      known: first.point,
      write: { writer: 'writer-1', operation: 2 },
      records: ['x'.repeat(100_000)],
      labels: { userId: 'ada', properties: {} },
      outbox: { add: [{ id: 'work', dueAtMs: 1 }] },
    });
    expect(await refusal(store.append(big))).toMatchObject({ code: 'OVERLOADED' });
    expect(
      await refusal(store.append(anAppend({ ...aSession(9), records: big.records }))),
    ).toMatchObject({
      code: 'OVERLOADED',
    });
    expect({ stats: await store.stats(), head: await store.head({ key }) }).toEqual(before);
    expect(
      await store.list({ tenant: 'acme', order: 'created', limit: 10, userId: 'ada' }),
    ).toMatchObject({ heads: [] });
    await recorded(
      store,
      anAppend({ known: first.point, write: { writer: 'writer-1', operation: 2 } }),
    );
  });

  test('never holds more than its bounds, however it is filled', async () => {
    const { store } = aStore({ maxBytes: 200_000 });
    const attempts = Array.from({ length: 500 }, (_, index) =>
      refusal(store.append(anAppend({ ...aSession(index), records: [`${index}`.repeat(100)] }))),
    );
    const answers = await Promise.all(attempts);
    const refused = answers.filter((answer) => JSON.stringify(answer).includes('OVERLOADED'));
    const stats = await store.stats();
    expect(stats.bytes).toBeLessThanOrEqual(200_000);
    expect(stats.sessions).toBe(500 - refused.length);
    expect(refused.length).toBeGreaterThan(100);
  });

  test('makes room by removing what has expired, and nothing else', async () => {
    const { store, clock } = aStore({ maxSessions: 2 });
    await recorded(store, anAppend({ ...aSession(1), ...expiring }));
    await recorded(store, anAppend(aSession(2)));
    clock.advance(1000);
    await recorded(store, anAppend(aSession(3)));
    expect(await wholeLog(store, aSession(2).key)).toHaveLength(1);
    expect(await store.load(aSession(1))).toEqual({ kind: 'missing' });
  });

  test('says when it is worth trying again', async () => {
    const { store } = aStore({ maxSessions: 1, sweepIntervalMs: 30_000 });
    await recorded(
      store,
      anAppend({ ...aSession(1), timeToLive: { absoluteMs: 4000, slidingMs: null } }),
    );
    await expect(store.append(anAppend(aSession(2)))).rejects.toMatchObject({ retryAfterMs: 4000 });
    await store.setTimeToLive({
      ...aSession(1),
      timeToLive: { absoluteMs: null, slidingMs: null },
    });
    await expect(store.append(anAppend(aSession(2)))).rejects.toMatchObject({
      retryAfterMs: 30_000,
    });
  });

  test('keeps no snapshot that does not fit', async () => {
    const { store } = aStore({ maxBytes: 10_000 });
    const { point } = await recorded(store, anAppend());
    expect(await store.saveSnapshot({ key, snapshot: { point, body: 'x'.repeat(10_000) } })).toBe(
      false,
    );
    expect(await store.saveSnapshot({ key, snapshot: { point, body: 'small' } })).toBe(true);
  });

  test('writers inherited from a removed session count as held', async () => {
    const { store } = aStore();
    const first = await recorded(store, anAppend({ write: { writer: 'a', operation: 1 } }));
    await recorded(store, anAppend({ known: first.point, write: { writer: 'b', operation: 1 } }));
    await recorded(store, anAppend({ known: first.point, write: { writer: 'c', operation: 1 } }));
    await store.remove({ key });
    await recorded(store, anAppend({ write: { writer: 'd', operation: 1 } }));
    const { store: fresh } = aStore();
    await recorded(fresh, anAppend({ write: { writer: 'd', operation: 1 } }));
    const [inherited, alone] = await Promise.all([store.stats(), fresh.stats()]);
    expect(inherited.bytes! - alone.bytes!).toBe(3 * 150);
  });
});

describe('history', () => {
  test.each([
    ['operation', { writer: 'writer-1', operation: 3 }],
    ['writer', { writer: 'writer-2', operation: 2 }],
  ])(
    'a store that lost its last write and grew again by another %s is found out',
    async (_what, write) => {
      const [lost, kept] = [aStore({ instance: 'same' }).store, aStore({ instance: 'same' }).store];
      const params = anAppend();
      const [first, again] = [await recorded(lost, params), await recorded(kept, params)];
      expect(again.point).toEqual(first.point);
      const known = first.point;
      const acknowledged = await recorded(
        kept,
        anAppend({ known, write: { writer: 'writer-1', operation: 2 } }),
      );
      const regrown = await recorded(lost, anAppend({ known, write }));
      const next = anAppend({
        known: acknowledged.point,
        write: { writer: 'writer-1', operation: 4 },
      });
      expect(await lost.append(next)).toEqual({ kind: 'regressed', point: regrown.point });
      expect(await lost.load({ key, known })).toMatchObject({ kind: 'found' });
    },
  );
});

describe('sweeping', () => {
  test('C-84: counts what it removed, earliest first', async () => {
    const { store, clock } = aStore();
    await Promise.all(
      [3000, 1000, 2000].map((absoluteMs, index) =>
        recorded(
          store,
          anAppend({ ...aSession(index), timeToLive: { absoluteMs, slidingMs: null } }),
        ),
      ),
    );
    clock.advance(3000);
    expect(await store.sweep({ limit: 2 })).toBe(2);
    expect((await store.stats()).sessions).toBe(1);
    expect(await store.sweep({ limit: 2 })).toBe(1);
    expect(await store.sweep({ limit: 2 })).toBe(0);
  });

  test('C-84: removes what has expired in the background, in bounded batches', async () => {
    const { store, clock } = aStore();
    await Promise.all(
      Array.from({ length: 2500 }, (_, index) =>
        recorded(store, anAppend({ ...aSession(index), ...expiring })),
      ),
    );
    clock.advance(29_999);
    expect((await store.stats()).sessions).toBe(2500);
    clock.advance(1);
    expect((await store.stats()).sessions).toBe(1500);
    clock.advance(20);
    expect((await store.stats()).sessions).toBe(0);
  });

  test('a session that was prolonged is found again when its time has come', async () => {
    const { store, clock } = aStore();
    const sliding = { absoluteMs: null, slidingMs: 40_000 };
    const first = await recorded(store, anAppend({ timeToLive: sliding }));
    clock.advance(30_000);
    await recorded(
      store,
      anAppend({ known: first.point, write: { writer: 'writer-1', operation: 2 } }),
    );
    clock.advance(30_000);
    expect((await store.stats()).sessions).toBe(1);
    clock.advance(30_000);
    expect((await store.stats()).sessions).toBe(0);
  });

  test('a shorter time to live is noticed', async () => {
    const { store, clock } = aStore();
    await recorded(store, anAppend({ timeToLive: { absoluteMs: 3_600_000, slidingMs: null } }));
    await store.setTimeToLive({ key, timeToLive: { absoluteMs: 10, slidingMs: null } });
    clock.advance(10);
    expect(await store.sweep({ limit: 10 })).toBe(1);
  });

  test('removed sessions are forgotten after the retry horizon, and their memory is free', async () => {
    const { store, clock } = aStore();
    const created = anAppend();
    const first = await recorded(store, created);
    await store.erase({ scope: { kind: 'tenant', tenant: key.tenant } });
    clock.advance(TEN_MINUTES_MS);
    expect(await store.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    clock.advance(30_001);
    expect((await store.stats()).bytes).toBe(0);
    expect(await store.load({ key, known: first.point })).toEqual({
      kind: 'regressed',
      point: null,
    });
    expect(await store.append(created)).toMatchObject({ kind: 'ok' });
  });
});

describe('the clock', () => {
  test('a clock that is set back neither revives nor reorders sessions', async () => {
    const times = [1000, 5000, 2000, 2000];
    let now = times[0]!;
    const store = createMemoryStore({
      clock: { nowMs: () => now, setTimer: () => ({ cancel: () => {} }) },
    });
    await recorded(
      store,
      anAppend({ ...aSession(1), timeToLive: { absoluteMs: 3000, slidingMs: null } }),
    );
    now = times[1]!;
    expect(await store.head(aSession(1))).toBeNull();
    now = times[2]!;
    await recorded(store, anAppend(aSession(2)));
    now = times[3]!;
    expect(await store.head(aSession(1))).toBeNull();
    expect(await store.head(aSession(2))).toMatchObject({ createdAtMs: 5000, updatedAtMs: 5000 });
  });
});

describe('close', () => {
  test('stops the sweeper and drops everything', async () => {
    const { store, clock } = aStore();
    await recorded(store, anAppend({ records: someRecords(2) }));
    expect(clock.msToNextTimer()).toBe(30_000);
    await store.close();
    expect(clock.msToNextTimer()).toBeNull();
    await expect(store.load({ key })).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
