import { expect } from 'vitest';
import { aKey, anAppend, someRecords } from '../store-builders.ts';
import { recorded, refusal, wholeLog } from './outcomes.ts';
import type { StoreCases } from './store-subject.ts';

/** Ids that would collide under careless concatenation, escaping or lookup. */
const AWKWARD_PAIRS = [
  ['a', 'b:c'],
  ['a:b', 'c'],
  ['a', 'b/c'],
  ['a/b', 'c'],
  ['a%3Ab', 'c'],
  ['{a}', 'b'],
  ['a', '{b}'],
  ['a', '*'],
  ['*', 'a'],
  ['..', 'a'],
  ['a', ' b'],
  ['a ', 'b'],
  ['A', 'B'],
  ['a', 'b'],
  ['__proto__', 'constructor'],
  ['constructor', '__proto__'],
  ['ä', 'b'],
  ['a\u0308', 'b'],
  ['猫', '🐈'],
] as const;

/** One tenant's sessions are out of another tenant's reach. */
export const isolationCases: StoreCases = {
  'W-03: equal session ids of two tenants are two sessions': async ({ store }) => {
    const ours = aKey({ tenant: 'ours' });
    const theirs = aKey({ tenant: 'theirs' });
    const first = await recorded(store, anAppend({ key: ours, records: someRecords(1) }));
    expect(await store.load({ key: theirs })).toEqual({ kind: 'missing' });
    await recorded(store, anAppend({ key: theirs, records: someRecords(2, 8) }));
    expect(await wholeLog(store, ours)).toEqual(someRecords(1));
    expect(await wholeLog(store, theirs)).toEqual(someRecords(2, 8));
    const stolen = anAppend({
      key: theirs,
      known: first.point,
      write: { writer: 'writer-2', operation: 1 },
    });
    expect(await store.append(stolen)).toEqual({ kind: 'gone', wasRecorded: false });
    await store.remove({ key: theirs });
    expect(await wholeLog(store, ours)).toEqual(someRecords(1));
  },

  'C-74: no pair of awkward ids reaches another': async ({ store }) => {
    const keys = AWKWARD_PAIRS.map(([tenant, sessionId]) => ({ tenant, sessionId }));
    await Promise.all(
      keys.map((key, index) => recorded(store, anAppend({ key, records: someRecords(1, index) }))),
    );
    const logs = await Promise.all(keys.map((key) => wholeLog(store, key)));
    expect(logs).toEqual(keys.map((_, index) => someRecords(1, index)));
    await Promise.all(keys.slice(1).map((key) => store.remove({ key })));
    expect(await wholeLog(store, { tenant: 'a', sessionId: 'b:c' })).toEqual(someRecords(1, 0));
  },

  'ids of the greatest length are kept apart': async ({ store }) => {
    const key = { tenant: 't'.repeat(128), sessionId: '猫'.repeat(256) };
    const almost = { ...key, sessionId: `${'猫'.repeat(255)}犬` };
    await recorded(store, anAppend({ key }));
    expect(await store.load({ key: almost })).toEqual({ kind: 'missing' });
    expect(await wholeLog(store, key)).toHaveLength(1);
  },

  'ids without or beyond their length are refused': async ({ store }) => {
    const refused = (field: string): object => ({ code: 'INVALID_INPUT', field });
    const append = (parts: object): Promise<unknown> =>
      store.append(anAppend({ key: aKey(parts) }));
    expect(await refusal(append({ tenant: '' }))).toEqual(refused('key.tenant'));
    expect(await refusal(append({ tenant: 't'.repeat(129) }))).toEqual(refused('key.tenant'));
    expect(await refusal(append({ sessionId: '' }))).toEqual(refused('key.sessionId'));
    expect(await refusal(append({ sessionId: 's'.repeat(257) }))).toEqual(refused('key.sessionId'));
  },

  'listings, sums and erasures end at the tenant': async ({ store }) => {
    const labels = { userId: 'ada', properties: { plan: 'pro' } };
    const ours = aKey({ tenant: 'ours' });
    const theirs = aKey({ tenant: 'theirs' });
    await recorded(store, anAppend({ key: ours, labels }));
    await recorded(store, anAppend({ key: theirs, labels, records: someRecords(2) }));
    const page = await store.list({ tenant: 'ours', order: 'created', limit: 10, userId: 'ada' });
    expect(page.heads.map((head) => head.key)).toEqual([ours]);
    expect(await store.tenantUsage({ tenant: 'ours' })).toMatchObject({ events: 1 });
    await store.erase({ scope: { kind: 'user', tenant: 'ours', userId: 'ada' } });
    await store.erase({ scope: { kind: 'tenant', tenant: 'ours' } });
    expect(await store.load({ key: ours })).toEqual({ kind: 'missing' });
    expect(await wholeLog(store, theirs)).toEqual(someRecords(2));
    expect(await store.tenantUsage({ tenant: 'theirs' })).toMatchObject({ events: 2 });
  },
};
