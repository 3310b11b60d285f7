import { expect } from 'vitest';
import { aCount, aKey, anAppend, aWriter, FOREVER, someRecords } from '../store-builders.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const NINE_MINUTES_MS = 9 * 60_000;

/** Repeated and late copies of a write change nothing. */
export const idempotencyCases: StoreCases = {
  'W-09: answers a repeated write with where it is, and changes nothing': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const params = anAppend({
      known: first.point,
      write: { writer: 'writer-1', operation: 2 },
      records: someRecords(2, 2),
      outbox: { add: [{ id: 'work', dueAtMs: 0 }] },
    });
    const second = await recorded(store, params);
    const before = {
      head: await store.head({ key }),
      usage: await store.tenantUsage({ tenant: key.tenant }),
    };
    expect(await store.append(params)).toEqual({
      kind: 'duplicate',
      point: second.point,
      firstPosition: 2,
      tail: { firstPosition: 2, records: someRecords(2, 2), isComplete: true },
      expiresAtMs: null,
    });
    expect(await store.head({ key })).toEqual(before.head);
    expect(await store.tenantUsage({ tenant: key.tenant })).toEqual(before.usage);
    expect(await wholeLog(store, key)).toEqual(someRecords(3));
  },

  'answers a repeated creation with the whole session': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(2) }));
    expect(await store.append(anAppend({ records: someRecords(2) }))).toEqual({
      kind: 'duplicate',
      point: first.point,
      firstPosition: 1,
      tail: { firstPosition: 1, records: someRecords(2), isComplete: true },
      expiresAtMs: null,
    });
  },

  'ignores everything else that a repeated write asks for': async ({ store, advance }) => {
    const first = await recorded(store, anAppend({ labels: { userId: 'ada', properties: {} } }));
    await advance(1000);
    const head = await store.head({ key });
    const repeated = await store.append(
      anAppend({
        known: first.point,
        records: someRecords(9, 100),
        counters: aCount({ tokens: 999 }),
        labels: { userId: 'eve', properties: { a: 'b' } },
        openSegment: 7,
        outbox: { add: [{ id: 'work', dueAtMs: 0 }] },
        guards: { segment: 7 },
      }),
    );
    expect(repeated).toMatchObject({ kind: 'duplicate', firstPosition: 1, tail: { records: [] } });
    expect(await store.head({ key })).toEqual(head);
    expect(await store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual([]);
  },

  'shows a repeated write everything after what it knows, its own records included': async ({
    store,
  }) => {
    const first = await recorded(store, anAppend());
    const params = anAppend({
      known: first.point,
      write: { writer: 'writer-1', operation: 2 },
      records: someRecords(1, 2),
    });
    const second = await recorded(store, params);
    const other = anAppend({
      known: second.point,
      write: { writer: 'writer-2', operation: 1 },
      records: someRecords(1, 3),
    });
    const third = await recorded(store, other);
    expect(await store.append(params)).toMatchObject({
      kind: 'duplicate',
      point: third.point,
      firstPosition: 2,
      tail: { firstPosition: 2, records: someRecords(2, 2), isComplete: true },
    });
  },

  'refuses writes below the last one of their writer, recorded or not': async ({ store }) => {
    const writer = 'writer-1';
    const first = await recorded(store, anAppend({ write: { writer, operation: 5 } }));
    await recorded(store, anAppend({ known: first.point, write: { writer, operation: 9 } }));
    const late = await Promise.all(
      [1, 5, 8].map((operation) =>
        store.append(anAppend({ known: first.point, write: { writer, operation } })),
      ),
    );
    expect(late.map(({ kind }) => kind)).toEqual(['stale-write', 'stale-write', 'stale-write']);
    expect(await wholeLog(store, key)).toHaveLength(2);
  },

  'remembers a writer however many others wrote since': async ({ store, advance }) => {
    const first = await recorded(store, anAppend());
    for (let index = 0; index < 50; index++) {
      // In order: each write must come after the one before.
      await recorded(
        store,
        anAppend({ known: first.point, write: aWriter(`other-${index}`).next() }),
      );
    }
    await advance(NINE_MINUTES_MS);
    expect(await store.append(anAppend())).toMatchObject({ kind: 'duplicate', firstPosition: 1 });
  },

  'repeats of reading and settling methods are harmless': async ({ store }) => {
    const first = await recorded(
      store,
      anAppend({ outbox: { add: [{ id: 'work', dueAtMs: 5 }] } }),
    );
    const snapshot = { point: first.point, body: 'state' };
    expect(await store.saveSnapshot({ key, snapshot })).toBe(true);
    expect(await store.saveSnapshot({ key, snapshot })).toBe(false);
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: null })).toBe(true);
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: null })).toBe(false);
    expect(await store.remove({ key })).toBe(true);
    expect(await store.remove({ key })).toBe(false);
  },
};

/** A session that is gone stays gone. */
export const lateWriteCases: StoreCases = {
  'W-04: a late copy of a creation does not bring a deleted session back': async ({
    store,
    advance,
  }) => {
    const writer = 'writer-1';
    const created = anAppend({ write: { writer, operation: 3 } });
    await recorded(store, created);
    await store.remove({ key });
    await advance(NINE_MINUTES_MS);
    expect(await store.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    expect(await store.append(anAppend({ write: { writer, operation: 2 } }))).toEqual({
      kind: 'stale-write',
    });
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
  },

  'C-73: a cached session is gone after its deletion, also when its id lives again': async ({
    store,
  }) => {
    const first = await recorded(store, anAppend());
    const late = anAppend({ known: first.point, write: { writer: 'writer-2', operation: 1 } });
    await store.remove({ key });
    expect(await store.append(late)).toEqual({ kind: 'gone', wasRecorded: false });
    expect(await store.load({ key, known: first.point })).toEqual({ kind: 'gone' });
    const again = await recorded(store, anAppend({ write: { writer: 'writer-1', operation: 2 } }));
    expect(again.point.incarnation).not.toBe(first.point.incarnation);
    expect(again.point.version).toBe(1);
    expect(await store.append(late)).toEqual({ kind: 'gone', wasRecorded: false });
    expect(await store.load({ key, known: first.point })).toEqual({ kind: 'gone' });
    expect(await wholeLog(store, key)).toHaveLength(1);
  },

  'W-04: a creation that was refused once does not bring the session back when a copy comes late':
    async ({ store }) => {
      await recorded(store, anAppend());
      const refused = anAppend({ write: { writer: 'writer-2', operation: 3 } });
      expect(await store.append(refused)).toMatchObject({ kind: 'conflict' });
      expect(await store.append(refused)).toMatchObject({ kind: 'conflict' });
      await store.remove({ key });
      expect(await store.append(refused)).toEqual({ kind: 'gone', wasRecorded: false });
      expect(await store.head({ key })).toBeNull();
      const later = anAppend({ write: { writer: 'writer-2', operation: 4 } });
      expect(await store.append(later)).toMatchObject({ kind: 'ok' });
    },

  'W-04: tells a copy of a recorded write from one that was never recorded when the session is gone':
    async ({ store }) => {
      const first = await recorded(store, anAppend());
      const known = first.point;
      const write = (operation: number) => ({ writer: 'writer-2', operation });
      const kept = anAppend({ known, write: write(5) });
      await recorded(store, kept);
      await store.remove({ key });
      const expectAnswers = async (): Promise<void> => {
        expect(await store.append(kept)).toEqual({ kind: 'gone', wasRecorded: true });
        const later = anAppend({ known, write: write(6) });
        expect(await store.append(later)).toEqual({ kind: 'gone', wasRecorded: false });
        const stranger = anAppend({ known, write: { writer: 'writer-3', operation: 1 } });
        expect(await store.append(stranger)).toEqual({ kind: 'gone', wasRecorded: false });
        // The fifth write hides what became of those before it.
        const earlier = anAppend({ known, write: write(4) });
        expect(await store.append(earlier)).toEqual({ kind: 'gone' });
      };
      await expectAnswers();
      await recorded(store, anAppend({ write: { writer: 'writer-1', operation: 2 } }));
      await expectAnswers();
      await store.remove({ key });
      await expectAnswers();
    },

  'a late creation is recognised when the id was recreated and deleted again': async ({
    store,
  }) => {
    const created = anAppend({ write: { writer: 'writer-1', operation: 4 } });
    await recorded(store, created);
    await store.remove({ key });
    await recorded(store, anAppend({ write: { writer: 'writer-2', operation: 1 } }));
    expect(await store.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    await store.remove({ key });
    expect(await store.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    expect(await store.append(anAppend({ write: { writer: 'writer-1', operation: 3 } }))).toEqual({
      kind: 'stale-write',
    });
  },

  'remove with an incarnation spares the session that followed': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const { incarnation } = first.point;
    expect(await store.remove({ key, incarnation })).toBe(true);
    await recorded(store, anAppend({ write: { writer: 'writer-1', operation: 2 } }));
    expect(await store.remove({ key, incarnation })).toBe(false);
    expect(await wholeLog(store, key)).toHaveLength(1);
  },

  'remove with a version spares a session that grew meanwhile': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const { incarnation, version } = first.point;
    const later = await recorded(
      store,
      anAppend({ known: first.point, write: { writer: 'writer-1', operation: 2 } }),
    );
    expect(await store.remove({ key, incarnation, version })).toBe(false);
    expect(await wholeLog(store, key)).toHaveLength(2);
    expect(await store.remove({ key, incarnation, version: later.point.version })).toBe(true);
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
  },

  'a recreated session begins with nothing of the old one': async ({ store }) => {
    const first = await recorded(
      store,
      anAppend({
        labels: { userId: 'ada', properties: { plan: 'pro' } },
        openSegment: 3,
        timeToLive: { absoluteMs: 5000, slidingMs: null },
        outbox: { add: [{ id: 'work', dueAtMs: 1 }] },
      }),
    );
    await store.saveSnapshot({ key, snapshot: { point: first.point, body: 'old' } });
    await store.raiseEpoch({ key });
    await store.remove({ key });
    await recorded(
      store,
      anAppend({
        write: { writer: 'writer-1', operation: 2 },
        timeToLive: FOREVER,
        guards: { epoch: 0, segment: 1 },
      }),
    );
    expect(await store.head({ key })).toMatchObject({
      labels: { userId: null, properties: {} },
      openSegment: 1,
      expiresAtMs: null,
      counters: { events: 1 },
    });
    expect(await store.load({ key })).toMatchObject({ snapshot: null });
    expect(await store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual([]);
  },
};
