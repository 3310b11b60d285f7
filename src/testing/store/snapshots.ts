import { expect } from 'vitest';
import { aKey, anAppend, someRecords } from '../store-builders.ts';
import { found, recorded } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const second = { writer: 'writer-1', operation: 2 };

/** Folded states beside the log. */
export const snapshotCases: StoreCases = {
  'loads the snapshot and only the records after it': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(3) }));
    const later = await recorded(
      store,
      anAppend({ known: first.point, write: second, records: someRecords(2, 4) }),
    );
    const snapshot = { point: first.point, body: 'state after 3 žába 🐸' };
    expect(await store.saveSnapshot({ key, snapshot })).toBe(true);
    expect(await store.load({ key })).toEqual({
      kind: 'found',
      point: later.point,
      expiresAtMs: null,
      snapshot,
      tail: { firstPosition: 4, records: someRecords(2, 4), isComplete: true },
    });
  },

  'sends no snapshot to a caller that knows as much or is near': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    await store.saveSnapshot({ key, snapshot: { point: later.point, body: 'state' } });
    const near = await found(store, { key, known: first.point });
    expect(near).toMatchObject({ snapshot: null, tail: { firstPosition: 2 } });
    const same = await found(store, { key, known: later.point });
    expect(same).toMatchObject({ snapshot: null, tail: { firstPosition: 3, records: [] } });
  },

  'a caller far behind can start from what it gets': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const later = await recorded(
      store,
      anAppend({ known: first.point, write: second, records: someRecords(400, 2) }),
    );
    await store.saveSnapshot({ key, snapshot: { point: later.point, body: 'state' } });
    const { snapshot, tail } = await found(store, { key, known: first.point });
    const base = snapshot?.point.version ?? first.point.version;
    expect(tail.firstPosition).toBe(base + 1);
    expect(tail.isComplete).toBe(base + tail.records.length === later.point.version);
  },

  'keeps the newest of several snapshots': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const later = await recorded(store, anAppend({ known: first.point, write: second }));
    expect(await store.saveSnapshot({ key, snapshot: { point: later.point, body: 'new' } })).toBe(
      true,
    );
    expect(await store.saveSnapshot({ key, snapshot: { point: first.point, body: 'old' } })).toBe(
      false,
    );
    expect(await store.saveSnapshot({ key, snapshot: { point: later.point, body: 'again' } })).toBe(
      false,
    );
    expect((await found(store, { key })).snapshot?.body).toBe('new');
  },

  'keeps no snapshot of another past': async ({ store }) => {
    const { point } = await recorded(store, anAppend());
    const wrong = [
      { ...point, version: 2 },
      { ...point, hash: 'forged' },
      { ...point, incarnation: `${point.incarnation}x` },
    ];
    const kept = await Promise.all(
      wrong.map((other) => store.saveSnapshot({ key, snapshot: { point: other, body: 'state' } })),
    );
    expect(kept).toEqual([false, false, false]);
    expect(
      await store.saveSnapshot({
        key: aKey({ sessionId: 'missing' }),
        snapshot: { point, body: 'state' },
      }),
    ).toBe(false);
    expect((await found(store, { key })).snapshot).toBeNull();
  },

  'a snapshot of a deleted session is not used for the next one': async ({ store }) => {
    const first = await recorded(store, anAppend());
    await store.saveSnapshot({ key, snapshot: { point: first.point, body: 'old' } });
    await store.remove({ key });
    await recorded(store, anAppend({ write: second }));
    expect(await store.saveSnapshot({ key, snapshot: { point: first.point, body: 'old' } })).toBe(
      false,
    );
    expect((await found(store, { key })).snapshot).toBeNull();
  },
};
