import { expect } from 'vitest';
import type { OutboxReference, Store } from '../../store/store.ts';
import { aKey, anAppend } from '../store-builders.ts';
import { recorded } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const second = { writer: 'writer-1', operation: 2 };

async function due(
  store: Store,
  dueBeforeMs: number,
  limit = 100,
): Promise<readonly OutboxReference[]> {
  return store.dueOutbox({ dueBeforeMs, limit });
}

/** Work that follows a commit. */
export const outboxCases: StoreCases = {
  'adds entries in the same move and hands them out when they are due': async ({ store }) => {
    const add = [
      { id: 'late', dueAtMs: 300 },
      { id: 'early', dueAtMs: 100 },
      { id: 'middle', dueAtMs: 200 },
    ];
    await recorded(store, anAppend({ outbox: { add } }));
    expect(await due(store, 99)).toEqual([]);
    expect(await due(store, 200)).toEqual([
      { key, id: 'early', dueAtMs: 100 },
      { key, id: 'middle', dueAtMs: 200 },
    ]);
    expect((await due(store, 1000)).map(({ id }) => id)).toEqual(['early', 'middle', 'late']);
    expect((await store.stats()).outboxEntries ?? 3).toBe(3);
  },

  'hands out the earliest entries of all sessions and tenants, up to the limit': async ({
    store,
  }) => {
    const keys = Array.from({ length: 20 }, (_, index) =>
      aKey({ tenant: `t${index % 3}`, sessionId: `s${index}` }),
    );
    // Seven steps at a time around twenty, so that no order of arrival is the order of the times.
    const dueAtMs = (index: number): number => 900 + ((index * 7) % 20);
    await Promise.all(
      keys.map((one, index) => {
        const outbox = { add: [{ id: 'work', dueAtMs: dueAtMs(index) }] };
        return recorded(store, anAppend({ key: one, outbox }));
      }),
    );
    const entries = await due(store, 915, 8);
    expect(entries.map((entry) => entry.dueAtMs)).toEqual([900, 901, 902, 903, 904, 905, 906, 907]);
    expect(entries.map((entry) => entry.key)).toEqual(
      [0, 3, 6, 9, 12, 15, 18, 1].map((index) => keys[index]),
    );
  },

  'handing out takes nothing away': async ({ store }) => {
    await recorded(store, anAppend({ outbox: { add: [{ id: 'work', dueAtMs: 100 }] } }));
    expect(await due(store, 100)).toEqual(await due(store, 100));
  },

  'removes and adds in one move, in this order': async ({ store }) => {
    const first = await recorded(
      store,
      anAppend({
        outbox: {
          add: [
            { id: 'a', dueAtMs: 1 },
            { id: 'b', dueAtMs: 2 },
            { id: 'c', dueAtMs: 3 },
          ],
        },
      }),
    );
    const outbox = {
      remove: ['a', 'b', 'unheard-of'],
      add: [
        { id: 'b', dueAtMs: 9 },
        { id: 'c', dueAtMs: 8 },
      ],
    };
    await recorded(store, anAppend({ known: first.point, write: second, outbox }));
    expect((await due(store, 100)).map(({ id, dueAtMs }) => [id, dueAtMs])).toEqual([
      ['c', 8],
      ['b', 9],
    ]);
  },

  'puts an entry off and takes it out': async ({ store }) => {
    await recorded(store, anAppend({ outbox: { add: [{ id: 'work', dueAtMs: 100 }] } }));
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: 500 })).toBe(true);
    expect(await due(store, 499)).toEqual([]);
    expect(await due(store, 500)).toEqual([{ key, id: 'work', dueAtMs: 500 }]);
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: null })).toBe(true);
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: 900 })).toBe(false);
    expect(await due(store, 1000)).toEqual([]);
  },

  'adds an entry without a record, or moves it when it is there': async ({ store }) => {
    const entry = { key, id: 'work', mode: 'add' } as const;
    expect(await store.settleOutbox({ ...entry, dueAtMs: 100 })).toBe(false);
    await recorded(store, anAppend());
    expect(await store.settleOutbox({ ...entry, dueAtMs: 100 })).toBe(true);
    expect(await due(store, 100)).toEqual([{ key, id: 'work', dueAtMs: 100 }]);
    expect(await store.settleOutbox({ ...entry, dueAtMs: 300 })).toBe(true);
    expect(await due(store, 299)).toEqual([]);
    expect(await store.settleOutbox({ ...entry, dueAtMs: null })).toBe(true);
    expect(await store.settleOutbox({ ...entry, dueAtMs: null })).toBe(false);
    expect(await due(store, 1000)).toEqual([]);
    expect((await store.read({ key, fromPosition: 1, limit: 10 }))?.version).toBe(1);
  },

  'says that an entry is not there': async ({ store }) => {
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: null })).toBe(false);
    await recorded(store, anAppend());
    expect(await store.settleOutbox({ key, id: 'work', dueAtMs: 100 })).toBe(false);
    expect(await due(store, 1000)).toEqual([]);
  },

  'a repeated write does not bring a settled entry back': async ({ store }) => {
    const params = anAppend({ outbox: { add: [{ id: 'work', dueAtMs: 100 }] } });
    await recorded(store, params);
    await store.settleOutbox({ key, id: 'work', dueAtMs: null });
    expect((await store.append(params)).kind).toBe('duplicate');
    expect(await due(store, 1000)).toEqual([]);
  },

  'the entries of a session go with it': async ({ store, advance }) => {
    const add = [{ id: 'work', dueAtMs: 1 }];
    const [removed, erased, expired, kept] = ['r', 'e', 'x', 'k'].map((sessionId) =>
      aKey({ sessionId }),
    );
    const timeToLive = { absoluteMs: 1000, slidingMs: null };
    await recorded(store, anAppend({ key: removed ?? key, outbox: { add } }));
    await recorded(store, anAppend({ key: erased ?? key, outbox: { add } }));
    await recorded(store, anAppend({ key: expired ?? key, outbox: { add }, timeToLive }));
    await recorded(store, anAppend({ key: kept ?? key, outbox: { add } }));
    await store.remove({ key: removed ?? key });
    await store.erase({ scope: { kind: 'session', key: erased ?? key } });
    await advance(1000);
    expect(await due(store, 10)).toEqual([{ key: kept, id: 'work', dueAtMs: 1 }]);
  },
};
