import { expect } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aCount, aKey, anAppend, FOREVER, someRecords } from '../store-builders.ts';
import { found, recorded, refusal, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();

function everyCall(store: Store): Readonly<Record<string, Promise<unknown>>> {
  const point = { incarnation: 'i', version: 1, hash: 'h' };
  return {
    append: store.append(anAppend()),
    load: store.load({ key }),
    read: store.read({ key, fromPosition: 1, limit: 1 }),
    saveSnapshot: store.saveSnapshot({ key, snapshot: { point, body: '' } }),
    head: store.head({ key }),
    list: store.list({ tenant: key.tenant, order: 'created', limit: 1 }),
    tenantUsage: store.tenantUsage({ tenant: key.tenant }),
    setTimeToLive: store.setTimeToLive({ key, timeToLive: FOREVER }),
    raiseEpoch: store.raiseEpoch({ key }),
    remove: store.remove({ key }),
    erase: store.erase({ scope: { kind: 'session', key } }),
    dueOutbox: store.dueOutbox({ dueBeforeMs: 0, limit: 1 }),
    settleOutbox: store.settleOutbox({ key, id: 'x', dueAtMs: null }),
    sweep: store.sweep({ limit: 1 }),
    stats: store.stats(),
  };
}

/** Opening, figures and closing. */
export const lifecycleCases: StoreCases = {
  'C-83: says what it holds': async ({ store }) => {
    await recorded(
      store,
      anAppend({ records: someRecords(3), outbox: { add: [{ id: 'work', dueAtMs: 1 }] } }),
    );
    const stats = await store.stats();
    expect(stats).toMatchObject({ backend: store.backend, durability: store.durability });
    expect([stats.sessions ?? 1, stats.records ?? 3, stats.outboxEntries ?? 1]).toEqual([1, 3, 1]);
    expect(stats.bytes ?? 1).toBeGreaterThan(0);
  },

  'every method rejects with CLOSED after closing': async ({ store }) => {
    await recorded(store, anAppend());
    await store.close();
    const calls = Object.entries(everyCall(store));
    const answers = await Promise.all(calls.map(([, call]) => refusal(call)));
    expect(answers).toHaveLength(15);
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ code: 'CLOSED', field: null })]),
    );
  },

  'closing twice is closing once': async ({ store }) => {
    const first = store.close();
    expect(store.close()).toBe(first);
    await first;
  },
};

/** What a store that outlives its process must bring back; run for those that say they do. */
export const restartCases: StoreCases = {
  'C-70: every acknowledged write is there for the next process': async ({ store, restart }) => {
    const first = await recorded(
      store,
      anAppend({
        records: someRecords(2),
        labels: { userId: 'ada', properties: { plan: 'pro' } },
        timeToLive: { absoluteMs: null, slidingMs: 3_600_000 },
        outbox: { add: [{ id: 'work', dueAtMs: 7 }] },
      }),
    );
    const later = await recorded(
      store,
      anAppend({
        known: first.point,
        write: { writer: 'writer-1', operation: 2 },
        records: someRecords(300, 3),
      }),
    );
    await store.saveSnapshot({ key, snapshot: { point: first.point, body: 'state' } });
    const head = await store.head({ key });
    const next = await restart();
    expect(await wholeLog(next, key)).toEqual(someRecords(302));
    expect(await next.head({ key })).toEqual(head);
    expect(await found(next, { key })).toMatchObject({
      point: later.point,
      snapshot: { body: 'state' },
    });
    expect(await found(next, { key, known: first.point })).toMatchObject({ point: later.point });
    expect(await next.dueOutbox({ dueBeforeMs: 7, limit: 10 })).toEqual([
      { key, id: 'work', dueAtMs: 7 },
    ]);
    expect(
      (await next.list({ tenant: key.tenant, order: 'created', limit: 10 })).heads,
    ).toHaveLength(1);
  },

  'W-01: a session goes on after a restart where it was, and knows its writers': async ({
    store,
    restart,
  }) => {
    const created = anAppend({ counters: aCount({ tokens: 4 }) });
    const first = await recorded(store, created);
    const next = await restart();
    expect(await next.append(created)).toMatchObject({ kind: 'duplicate', firstPosition: 1 });
    const again = anAppend({ known: first.point, write: { writer: 'writer-1', operation: 2 } });
    expect(await next.append(again)).toMatchObject({ kind: 'ok', firstPosition: 2 });
    expect(await next.tenantUsage({ tenant: key.tenant })).toMatchObject({ events: 2, tokens: 14 });
  },

  'a deleted session stays deleted after a restart': async ({ store, restart }) => {
    const created = anAppend();
    const first = await recorded(store, created);
    await store.remove({ key });
    const next = await restart();
    expect(await next.append(created)).toEqual({ kind: 'gone', wasRecorded: true });
    expect(await next.load({ key, known: first.point })).toEqual({ kind: 'gone' });
  },
};
