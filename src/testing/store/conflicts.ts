import { expect } from 'vitest';
import { aKey, anAppend, someRecords } from '../store-builders.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const writer = 'writer-1';
const other = { writer: 'writer-2', operation: 1 };

/** What happens when the caller's history or a guard does not match. */
export const conflictCases: StoreCases = {
  'refuses an expected append when something was added, and shows it': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const second = await recorded(
      store,
      anAppend({ known: first.point, write: other, records: someRecords(2, 2) }),
    );
    const late = anAppend({
      known: first.point,
      mode: 'expected',
      write: { writer, operation: 2 },
    });
    expect(await store.append(late)).toEqual({
      kind: 'conflict',
      point: second.point,
      tail: { firstPosition: 2, records: someRecords(2, 2), isComplete: true },
    });
    expect(await wholeLog(store, key)).toEqual(someRecords(3));
  },

  'records an expected append when nothing was added': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const second = await store.append(
      anAppend({ known: first.point, mode: 'expected', write: other }),
    );
    expect(second).toMatchObject({ kind: 'ok', firstPosition: 2 });
  },

  'W-05: appends in mode any after what was added meanwhile, and shows it': async ({ store }) => {
    const first = await recorded(store, anAppend());
    await recorded(
      store,
      anAppend({ known: first.point, write: other, records: someRecords(2, 2) }),
    );
    const third = await recorded(
      store,
      anAppend({ known: first.point, write: { writer, operation: 2 }, records: someRecords(1, 4) }),
    );
    expect(third).toMatchObject({
      firstPosition: 4,
      point: { version: 4 },
      tail: { firstPosition: 2, records: someRecords(2, 2), isComplete: true },
    });
    expect(await wholeLog(store, key)).toEqual(someRecords(4));
  },

  'W-11: refuses to create a session that exists, and shows all of it': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(2) }));
    expect(await store.append(anAppend({ write: other }))).toEqual({
      kind: 'conflict',
      point: first.point,
      tail: { firstPosition: 1, records: someRecords(2), isComplete: true },
    });
  },

  'pages the tail of a refusal at 256 records': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(300) }));
    const refused = await store.append(anAppend({ write: other }));
    expect(refused).toEqual({
      kind: 'conflict',
      point: first.point,
      tail: { firstPosition: 1, records: someRecords(256), isComplete: false },
    });
    expect(await store.read({ key, fromPosition: 257, limit: 100 })).toEqual({
      incarnation: first.point.incarnation,
      firstPosition: 257,
      records: someRecords(44, 257),
      version: 300,
    });
  },

  'refuses a move whose open segment is another, in both modes': async ({ store }) => {
    const first = await recorded(store, anAppend({ openSegment: 2 }));
    const wrong = { known: first.point, guards: { segment: 1 } };
    const conflict = {
      kind: 'conflict',
      point: first.point,
      tail: { firstPosition: 2, records: [], isComplete: true },
    };
    expect(await store.append(anAppend({ ...wrong, write: other }))).toEqual(conflict);
    expect(await store.append(anAppend({ ...wrong, write: other, mode: 'expected' }))).toEqual(
      conflict,
    );
    const right = anAppend({
      known: first.point,
      write: other,
      guards: { segment: 2 },
      openSegment: 3,
    });
    expect(await store.append(right)).toMatchObject({ kind: 'ok' });
    expect((await store.head({ key }))?.openSegment).toBe(3);
  },

  'a refused move changes nothing at all': async ({ store, advance }) => {
    const first = await recorded(
      store,
      anAppend({ timeToLive: { absoluteMs: null, slidingMs: 60_000 } }),
    );
    await advance(1000);
    const before = {
      head: await store.head({ key }),
      usage: await store.tenantUsage({ tenant: key.tenant }),
    };
    const refused = await store.append(
      anAppend({
        known: first.point,
        write: { writer, operation: 2 },
        guards: { segment: 9 },
        labels: { userId: 'eve', properties: {} },
        openSegment: 10,
        outbox: { add: [{ id: 'work', dueAtMs: 1 }] },
      }),
    );
    expect(refused.kind).toBe('conflict');
    expect(await store.head({ key })).toEqual(before.head);
    expect(await store.tenantUsage({ tenant: key.tenant })).toEqual(before.usage);
    expect(await store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual([]);
    // The refused operation was not used up.
    const retried = anAppend({ known: first.point, write: { writer, operation: 2 } });
    expect(await store.append(retried)).toMatchObject({ kind: 'ok' });
  },

  'fences writers of an older epoch': async ({ store }) => {
    const first = await recorded(store, anAppend({ guards: { epoch: 0 } }));
    expect(await store.raiseEpoch({ key })).toBe(1);
    expect(await store.raiseEpoch({ key })).toBe(2);
    const stale = anAppend({
      known: first.point,
      write: { writer, operation: 2 },
      guards: { epoch: 1 },
    });
    expect(await store.append(stale)).toEqual({ kind: 'fenced', epoch: 2 });
    const current = anAppend({
      known: first.point,
      write: { writer, operation: 2 },
      guards: { epoch: 2 },
    });
    expect(await store.append(current)).toMatchObject({ kind: 'ok' });
    const unguarded = anAppend({ known: first.point, write: { writer, operation: 3 } });
    expect(await store.append(unguarded)).toMatchObject({ kind: 'ok' });
  },

  'takes over an epoch newer than its own': async ({ store }) => {
    const first = await recorded(store, anAppend());
    await recorded(
      store,
      anAppend({ known: first.point, write: { writer, operation: 2 }, guards: { epoch: 4 } }),
    );
    const older = anAppend({ known: first.point, write: other, guards: { epoch: 3 } });
    expect(await store.append(older)).toEqual({ kind: 'fenced', epoch: 4 });
    expect(await store.raiseEpoch({ key })).toBe(5);
  },
};

/** What happens when the caller knows a past that the store does not have. */
export const regressionCases: StoreCases = {
  'says that history regressed when the caller knows more than the store has': async ({
    store,
  }) => {
    const first = await recorded(store, anAppend());
    const ahead = { ...first.point, version: 2 };
    const regressed = { kind: 'regressed', point: first.point };
    expect(await store.append(anAppend({ known: ahead, write: other }))).toEqual(regressed);
    expect(await store.load({ key, known: ahead })).toEqual(regressed);
  },

  'says that history regressed when the hash of a version is another': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const second = await recorded(store, anAppend({ known: first.point, write: other }));
    const wrong = [
      { ...first.point, hash: second.point.hash },
      { ...second.point, hash: first.point.hash },
      { ...second.point, hash: '' },
      { ...second.point, hash: 'forged' },
    ];
    const regressed = wrong.map(() => ({ kind: 'regressed', point: second.point }));
    const write = { writer, operation: 2 };
    const appends = await Promise.all(
      wrong.map((known) => store.append(anAppend({ known, write }))),
    );
    expect(appends).toEqual(regressed);
    expect(await Promise.all(wrong.map((known) => store.load({ key, known })))).toEqual(regressed);
    expect(await wholeLog(store, key)).toHaveLength(2);
  },

  'says that history regressed when the store never heard of the session': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const unknown = aKey({ sessionId: 'never-created' });
    const regressed = { kind: 'regressed', point: null };
    expect(await store.append(anAppend({ key: unknown, known: first.point }))).toEqual(regressed);
    expect(await store.load({ key: unknown, known: first.point })).toEqual(regressed);
  },
};
