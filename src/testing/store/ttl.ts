import { expect } from 'vitest';
import { aKey, anAppend, FOREVER, someRecords } from '../store-builders.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const second = { writer: 'writer-1', operation: 2 };

/** When sessions expire, and that an expired one is gone for everybody at once. */
export const timeToLiveCases: StoreCases = {
  'C-76: an absolute time to live counts from creation, whatever is written': async ({
    store,
    clock,
    advance,
  }) => {
    const expiresAtMs = clock.nowMs() + 1000;
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: 1000, slidingMs: null } }),
    );
    await advance(600);
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    expect([first.expiresAtMs, later.expiresAtMs]).toEqual([expiresAtMs, expiresAtMs]);
    await advance(399);
    expect(await store.head({ key })).not.toBeNull();
    await advance(1);
    expect(await store.head({ key })).toBeNull();
  },

  'W-13: a sliding time to live counts from the latest write and not from reads': async ({
    store,
    advance,
  }) => {
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: null, slidingMs: 1000 } }),
    );
    await advance(600);
    await recorded(store, anAppend({ known: first.point, write: second }));
    await advance(600);
    expect(await wholeLog(store, key)).toHaveLength(2);
    await advance(400);
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
  },

  'the earlier of both times to live counts': async ({ store, clock, advance }) => {
    const startMs = clock.nowMs();
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: 1500, slidingMs: 1000 } }),
    );
    expect(first.expiresAtMs).toBe(startMs + 1000);
    await advance(900);
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    expect(later.expiresAtMs).toBe(startMs + 1500);
  },

  'a repeated write does not prolong the session': async ({ store, clock, advance }) => {
    const expiresAtMs = clock.nowMs() + 1000;
    const created = anAppend({ timeToLive: { absoluteMs: null, slidingMs: 1000 } });
    await recorded(store, created);
    await advance(500);
    expect(await store.append(created)).toMatchObject({ kind: 'duplicate', expiresAtMs });
    await advance(500);
    expect(await store.head({ key })).toBeNull();
  },

  'setTimeToLive of a session that has gone reaches none that followed it': async ({ store }) => {
    const { incarnation } = (await recorded(store, anAppend())).point;
    await store.remove({ key });
    const next = await recorded(store, anAppend({ write: second }));
    const timeToLive = { absoluteMs: 0, slidingMs: 0 };
    for (const mode of ['set', 'prolong'] as const) {
      // In order: a store that takes one of them has no session left for the other.
      expect(await store.setTimeToLive({ key, timeToLive, mode, incarnation })).toBe(false);
    }
    expect(await store.head({ key })).toMatchObject({ version: 1, expiresAtMs: null });
    const present = next.point.incarnation;
    expect(await store.setTimeToLive({ key, timeToLive, incarnation: present })).toBe(true);
    expect(await store.head({ key })).toBeNull();
  },

  'setTimeToLive counts both parts from now': async ({ store, clock, advance }) => {
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: 1000, slidingMs: null } }),
    );
    await advance(900);
    expect(
      await store.setTimeToLive({ key, timeToLive: { absoluteMs: 5000, slidingMs: 2000 } }),
    ).toBe(true);
    expect((await store.head({ key }))?.expiresAtMs).toBe(clock.nowMs() + 2000);
    await advance(1500);
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    expect(later.expiresAtMs).toBe(clock.nowMs() + 2000);
    await store.setTimeToLive({ key, timeToLive: FOREVER });
    await advance(24 * 3_600_000);
    expect((await store.head({ key }))?.expiresAtMs).toBeNull();
  },

  'setTimeToLive keeps the part that is not given': async ({ store, clock, advance }) => {
    const startMs = clock.nowMs();
    await recorded(store, anAppend({ timeToLive: { absoluteMs: 3000, slidingMs: 1000 } }));
    await advance(500);
    await store.setTimeToLive({ key, timeToLive: { slidingMs: 9000 } });
    expect((await store.head({ key }))?.expiresAtMs).toBe(startMs + 3000);
    await store.setTimeToLive({ key, timeToLive: { slidingMs: 1000 } });
    expect((await store.head({ key }))?.expiresAtMs).toBe(startMs + 1500);
    await store.setTimeToLive({ key, timeToLive: { slidingMs: 9000 } });
    expect((await store.head({ key }))?.limitAtMs).toBe(startMs + 3000);
    await store.setTimeToLive({ key, timeToLive: { absoluteMs: null } });
    expect(await store.head({ key })).toMatchObject({
      expiresAtMs: startMs + 9500,
      limitAtMs: null,
    });
  },

  'a head that tells the sliding time to live tells the one that holds': async ({ store }) => {
    const told = async (): Promise<number | null | undefined> =>
      (await store.head({ key }))?.slidingMs;
    await recorded(store, anAppend({ timeToLive: { absoluteMs: 3000, slidingMs: 1000 } }));
    expect([1000, undefined]).toContain(await told());
    await store.setTimeToLive({ key, timeToLive: { slidingMs: 9000 } });
    expect([9000, undefined]).toContain(await told());
    await store.setTimeToLive({ key, timeToLive: { slidingMs: null } });
    expect([null, undefined]).toContain(await told());
  },

  'setTimeToLive can only prolong': async ({ store, clock, advance }) => {
    const startMs = clock.nowMs();
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: 3000, slidingMs: 1000 } }),
    );
    const prolong = (timeToLive: { absoluteMs: number | null; slidingMs: number | null }) =>
      store.setTimeToLive({ key, timeToLive, mode: 'prolong' });
    expect(await prolong({ absoluteMs: 10, slidingMs: 10 })).toBe(true);
    expect((await store.head({ key }))?.expiresAtMs).toBe(startMs + 1000);
    await prolong({ absoluteMs: 4000, slidingMs: 2000 });
    await advance(1500);
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    expect(later.expiresAtMs).toBe(startMs + 3500);
    await prolong({ absoluteMs: null, slidingMs: 3000 });
    expect((await store.head({ key }))?.expiresAtMs).toBe(startMs + 4500);
    await prolong({ absoluteMs: 1, slidingMs: null });
    expect((await store.head({ key }))?.expiresAtMs).toBeNull();
  },

  'W-15: a time to live of 0 expires the session now': async ({ store }) => {
    const first = await recorded(store, anAppend());
    expect(await store.setTimeToLive({ key, timeToLive: { absoluteMs: 0, slidingMs: null } })).toBe(
      true,
    );
    expect(await store.load({ key, known: first.point })).toEqual({ kind: 'gone' });
    expect(await store.setTimeToLive({ key, timeToLive: FOREVER })).toBe(false);
  },

  'C-77: an expired session is invisible to every method, swept or not': async ({
    store,
    advance,
  }) => {
    const { point } = await recorded(
      store,
      anAppend({
        timeToLive: { absoluteMs: 1000, slidingMs: null },
        labels: { userId: 'ada', properties: {} },
        outbox: { add: [{ id: 'work', dueAtMs: 0 }] },
      }),
    );
    await advance(1000);
    const { tenant } = key;
    expect((await store.list({ tenant, order: 'created', limit: 10 })).heads).toEqual([]);
    expect(
      (await store.list({ tenant, order: 'updated', userId: 'ada', limit: 10 })).heads,
    ).toEqual([]);
    expect(await store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual([]);
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: null })).toBe(false);
    expect(await store.read({ key, fromPosition: 1, limit: 1 })).toBeNull();
    expect(await store.saveSnapshot({ key, snapshot: { point, body: 'state' } })).toBe(false);
    expect(await store.raiseEpoch({ key })).toBeNull();
    expect(await store.append(anAppend({ known: point, write: second }))).toEqual({
      kind: 'gone',
      wasRecorded: false,
    });
    expect(await store.erase({ scope: { kind: 'session', key } })).toMatchObject({
      sessions: 0,
      records: 0,
    });
    expect(await store.remove({ key })).toBe(false);
    expect(await store.tenantUsage({ tenant })).toMatchObject({ events: 1 });
  },

  'an expired id can be used for a new session': async ({ store, advance }) => {
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: 1000, slidingMs: null } }),
    );
    await advance(1000);
    const again = await recorded(store, anAppend({ write: second, records: someRecords(2, 7) }));
    expect(again.point.incarnation).not.toBe(first.point.incarnation);
    expect(await wholeLog(store, key)).toEqual(someRecords(2, 7));
  },

  'C-84: sweeping removes what has expired and nothing else': async ({ store, advance }) => {
    await Promise.all(
      [1000, 2000, 3000, null].map((absoluteMs, index) => {
        const timeToLive = { absoluteMs, slidingMs: null };
        return recorded(store, anAppend({ key: aKey({ sessionId: `s${index}` }), timeToLive }));
      }),
    );
    expect(await store.sweep({ limit: 10 })).toBe(0);
    await advance(3000);
    expect(await store.sweep({ limit: 2 })).toBeLessThanOrEqual(2);
    expect(await store.sweep({ limit: 10 })).toBeLessThanOrEqual(10);
    expect(await store.sweep({ limit: 10 })).toBe(0);
    const { sessions, records } = await store.stats();
    expect([sessions ?? 1, records ?? 1]).toEqual([1, 1]);
    expect(await wholeLog(store, aKey({ sessionId: 's3' }))).toHaveLength(1);
  },

  'sweeping finds a session whose time to live was shortened': async ({ store, advance }) => {
    await recorded(store, anAppend({ timeToLive: { absoluteMs: 3_600_000, slidingMs: null } }));
    await store.setTimeToLive({ key, timeToLive: { absoluteMs: 10, slidingMs: null } });
    await advance(10);
    expect(await store.sweep({ limit: 10 })).toBeLessThanOrEqual(1);
    expect((await store.stats()).sessions ?? 0).toBe(0);
  },

  'sweeping spares a session that was prolonged': async ({ store, advance }) => {
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: null, slidingMs: 1000 } }),
    );
    await advance(900);
    await recorded(store, anAppend({ known: first.point, write: second }));
    await advance(900);
    expect(await store.sweep({ limit: 10 })).toBe(0);
    expect(await wholeLog(store, key)).toHaveLength(2);
  },
};
