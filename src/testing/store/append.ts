import { expect } from 'vitest';
import { aCount, aKey, anAppend, FOREVER, someRecords } from '../store-builders.ts';
import { found, recorded, refusal, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

const key = aKey();
const otherWrite = { writer: 'writer-2', operation: 1 };

/** What an append records, and what it refuses to. */
export const appendCases: StoreCases = {
  'C-71: adds records at the end and says where': async ({ store }) => {
    const first = await recorded(store, anAppend({ records: someRecords(3) }));
    const second = await recorded(
      store,
      anAppend({ known: first.point, write: otherWrite, records: someRecords(2, 4) }),
    );
    expect(first).toMatchObject({ firstPosition: 1, point: { version: 3 }, expiresAtMs: null });
    expect(first.tail).toEqual({ firstPosition: 1, records: [], isComplete: true });
    expect(second).toMatchObject({ firstPosition: 4, point: { version: 5 } });
    expect(second.tail).toEqual({ firstPosition: 4, records: [], isComplete: true });
  },

  'C-64: gives back every record unchanged': async ({ store }) => {
    const records = [
      '',
      '{"a":"\\n\\u0000"}',
      'žluťoučký kůň',
      '猫 🐈‍⬛ \n\t',
      'ÿ'.repeat(50),
      'x'.repeat(100_000),
    ];
    await recorded(store, anAppend({ records }));
    expect(await wholeLog(store, key)).toEqual(records);
    expect((await found(store, { key })).tail.records).toEqual(records);
  },

  'takes the largest move': async ({ store }) => {
    const records = someRecords(512);
    const result = await recorded(store, anAppend({ records }));
    expect(result.point.version).toBe(512);
    expect(await wholeLog(store, key)).toEqual(records);
  },

  'gives every version of a session its own hash and one incarnation': async ({ store }) => {
    const first = await recorded(store, anAppend());
    const second = await recorded(store, anAppend({ known: first.point, write: otherWrite }));
    expect(second.point.hash).not.toBe(first.point.hash);
    expect(second.point.incarnation).toBe(first.point.incarnation);
  },

  'gives sessions with equal writes different hashes and incarnations': async ({ store }) => {
    const one = await recorded(store, anAppend());
    const other = await recorded(store, anAppend({ key: aKey({ sessionId: 'support-2' }) }));
    expect(other.point.hash).not.toBe(one.point.hash);
    expect(other.point.incarnation).not.toBe(one.point.incarnation);
  },

  'shows the session in its head': async ({ store, clock, advance }) => {
    const labels = { userId: 'ada', properties: { plan: 'pro' } };
    const createdAtMs = clock.nowMs();
    const first = await recorded(store, anAppend({ labels, counters: aCount({ tokens: 7 }) }));
    await advance(1000);
    const counters = aCount({
      toolCalls: 2,
      unpricedCalls: 4,
      tokens: 5,
      costPico: 12_345_678_901_234_567n,
    });
    await recorded(
      store,
      anAppend({ known: first.point, write: otherWrite, counters, openSegment: 2 }),
    );
    // A store need not tell the sliding part.
    expect({ ...(await store.head({ key })), slidingMs: null }).toEqual({
      key,
      labels,
      createdAtMs,
      updatedAtMs: createdAtMs + 1000,
      expiresAtMs: null,
      limitAtMs: null,
      slidingMs: null,
      version: 2,
      openSegment: 2,
      counters: {
        events: 2,
        messages: 2,
        toolCalls: 2,
        unpricedCalls: 4,
        tokens: 12,
        costPico: 12_345_678_901_234_572n,
      },
    });
  },

  'replaces labels as a whole, and keeps them when none are given': async ({ store }) => {
    const first = await recorded(
      store,
      anAppend({ labels: { userId: 'ada', properties: { plan: 'pro', region: 'eu' } } }),
    );
    const labels = { userId: null, properties: { plan: 'free' } };
    const second = await recorded(
      store,
      anAppend({ known: first.point, write: otherWrite, labels }),
    );
    await recorded(
      store,
      anAppend({ known: second.point, write: { ...otherWrite, operation: 2 } }),
    );
    expect((await store.head({ key }))?.labels).toEqual(labels);
  },

  'keeps nothing of the objects it was given': async ({ store }) => {
    const records = ['1{"n":1}'];
    const properties = { plan: 'pro' };
    await recorded(store, anAppend({ records, labels: { userId: 'ada', properties } }));
    records[0] = 'changed';
    properties.plan = 'changed';
    expect(await wholeLog(store, key)).toEqual(['1{"n":1}']);
    expect((await store.head({ key }))?.labels.properties).toEqual({ plan: 'pro' });
  },

  'W-10: tells a missing session from a failed read': async ({ store }) => {
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
    expect(await store.read({ key, fromPosition: 1, limit: 10 })).toBeNull();
    expect(await store.head({ key })).toBeNull();
    expect(await store.raiseEpoch({ key })).toBeNull();
    expect(await store.setTimeToLive({ key, timeToLive: FOREVER })).toBe(false);
    expect(await store.remove({ key })).toBe(false);
  },

  'counts in the tenant what it records': async ({ store }) => {
    await recorded(store, anAppend({ counters: aCount({ tokens: 3, costPico: 2n }) }));
    await recorded(
      store,
      anAppend({
        key: aKey({ sessionId: 'b' }),
        counters: aCount({ events: 4, tokens: 4, toolCalls: 1, unpricedCalls: 3 }),
      }),
    );
    const usage = {
      events: 5,
      messages: 2,
      toolCalls: 1,
      unpricedCalls: 3,
      tokens: 7,
      costPico: 7n,
    };
    expect(await store.tenantUsage({ tenant: key.tenant })).toEqual(usage);
    expect(await store.tenantUsage({ tenant: 'unheard-of' })).toEqual(
      aCount({ events: 0, messages: 0, tokens: 0, costPico: 0n }),
    );
  },
};

/** Values that no move may carry, and that nothing is recorded of. */
export const invalidAppendCases: StoreCases = {
  'refuses moves without records or with too many': async ({ store }) => {
    const refused = { code: 'INVALID_INPUT', field: 'records' };
    expect(await refusal(store.append(anAppend({ records: [] })))).toEqual(refused);
    expect(await refusal(store.append(anAppend({ records: someRecords(513) })))).toEqual(refused);
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
  },

  'refuses what would make a sum of a session inexact': async ({ store }) => {
    const most = Number.MAX_SAFE_INTEGER;
    const first = await recorded(store, anAppend({ counters: aCount({ tokens: most - 5 }) }));
    const counters = aCount({ tokens: 6 });
    const more = anAppend({ known: first.point, write: otherWrite, counters });
    expect(await refusal(store.append(more))).toEqual({ code: 'COUNT_OVERFLOW', field: null });
    expect(await store.head({ key })).toMatchObject({ version: 1, counters: { tokens: most - 5 } });
    await recorded(store, { ...more, counters: aCount({ tokens: 5 }) });
    expect((await store.tenantUsage({ tenant: key.tenant })).tokens).toBe(most);
  },

  'gives no inexact sum of a tenant': async ({ store }) => {
    const counters = aCount({ tokens: Number.MAX_SAFE_INTEGER - 5 });
    await recorded(store, anAppend({ counters }));
    const other = aKey({ sessionId: 'support-2' });
    const more = anAppend({ key: other, counters: aCount({ tokens: 6 }) });
    const answers = [
      await refusal(store.append(more)),
      await refusal(store.tenantUsage({ tenant: key.tenant })),
    ];
    // Whichever of them comes too late to be told: the append, or the one who asks for the sum.
    expect(answers).toContainEqual({ code: 'COUNT_OVERFLOW', field: null });
  },

  'refuses to create a session in mode any': async ({ store }) => {
    const refused = { code: 'INVALID_INPUT', field: 'known' };
    expect(await refusal(store.append(anAppend({ mode: 'any' })))).toEqual(refused);
    await recorded(store, anAppend());
    expect(await refusal(store.append(anAppend({ mode: 'any', write: otherWrite })))).toEqual(
      refused,
    );
  },

  'refuses to create a session without a time to live': async ({ store }) => {
    const { timeToLive, ...withoutTimeToLive } = anAppend();
    expect(timeToLive).toEqual(FOREVER);
    expect(await refusal(store.append(withoutTimeToLive))).toEqual({
      code: 'INVALID_INPUT',
      field: 'timeToLive',
    });
  },

  'W-15: refuses a negative time to live': async ({ store }) => {
    const timeToLive = { absoluteMs: -1, slidingMs: null };
    const refused = { code: 'INVALID_INPUT', field: 'timeToLive.absoluteMs' };
    expect(await refusal(store.append(anAppend({ timeToLive })))).toEqual(refused);
    await recorded(store, anAppend());
    expect(await refusal(store.setTimeToLive({ key, timeToLive }))).toEqual(refused);
    expect((await store.head({ key }))?.expiresAtMs).toBeNull();
  },

  'refuses operations that are no positive safe integers': async ({ store }) => {
    const operations = [0, -1, 1.5, Number.NaN, 2 ** 53];
    const answers = await Promise.all(
      operations.map((operation) =>
        refusal(store.append(anAppend({ write: { writer: 'writer-1', operation } }))),
      ),
    );
    const refused = { code: 'INVALID_INPUT', field: 'write.operation' };
    expect(answers).toEqual(operations.map(() => refused));
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
  },

  'refuses ranges out of bounds': async ({ store }) => {
    await recorded(store, anAppend());
    const limit = { code: 'INVALID_INPUT', field: 'limit' };
    expect(await refusal(store.read({ key, fromPosition: 1, limit: 0 }))).toEqual(limit);
    expect(await refusal(store.read({ key, fromPosition: 1, limit: 10_001 }))).toEqual(limit);
    expect(await refusal(store.read({ key, fromPosition: 0, limit: 1 }))).toEqual({
      code: 'INVALID_INPUT',
      field: 'fromPosition',
    });
    expect(await refusal(store.dueOutbox({ dueBeforeMs: 0, limit: 1001 }))).toEqual(limit);
    expect(await refusal(store.sweep({ limit: 0 }))).toEqual(limit);
  },
};
