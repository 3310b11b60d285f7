import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { FATES, type Fate, scriptedFaults, seededFaults } from '../../../src/testing/fault-plan.ts';
import { type FaultyStore, faultyStore } from '../../../src/testing/faulty-store.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { aKey, anAppend } from '../../../src/testing/store-builders.ts';
import {
  runTimersUntil,
  type VirtualClock,
  virtualClock,
} from '../../../src/testing/virtual-clock.ts';

const key = aKey();
const unknown = { code: 'UNKNOWN_OUTCOME' };

function aFaultyStore(...fates: readonly Fate[]): {
  readonly store: FaultyStore;
  readonly clock: VirtualClock;
} {
  const clock = virtualClock();
  return { store: faultyStore(createMemoryStore({ clock }), scriptedFaults(clock, fates)), clock };
}

describe('faultyStore', () => {
  test('delivers when nothing is wrong', async () => {
    const { store } = aFaultyStore();
    expect((await store.append(anAppend())).kind).toBe('ok');
    expect(store.faults).toEqual([]);
  });

  test('a dropped request is not carried out', async () => {
    const { store } = aFaultyStore('drop-request');
    await expect(store.append(anAppend())).rejects.toMatchObject(unknown);
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
    expect(store.faults).toEqual([{ method: 'append', fate: 'drop-request' }]);
  });

  test('a dropped reply belongs to a call that was carried out', async () => {
    const { store } = aFaultyStore('drop-reply');
    await expect(store.append(anAppend())).rejects.toMatchObject(unknown);
    expect(await store.load({ key })).toMatchObject({ kind: 'found' });
    expect(store.lateAnswers).toMatchObject([{ method: 'append', answer: { kind: 'ok' } }]);
  });

  test('a lost refusal is kept for whoever asks what became of it', async () => {
    const { store } = aFaultyStore('drop-reply');
    await expect(store.append(anAppend({ records: [] }))).rejects.toMatchObject(unknown);
    expect(store.lateAnswers).toMatchObject([
      { method: 'append', answer: { code: 'INVALID_INPUT' } },
    ]);
  });

  test('a delayed call waits for the clock', async () => {
    const { store, clock } = aFaultyStore('delay');
    const append = store.append(anAppend());
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
    clock.advance(1);
    expect((await append).kind).toBe('ok');
  });

  test('a late call is carried out after its caller was told that nobody knows', async () => {
    const { store, clock } = aFaultyStore('late');
    await expect(store.append(anAppend())).rejects.toMatchObject(unknown);
    expect(await store.load({ key })).toEqual({ kind: 'missing' });
    await runTimersUntil(clock, store.settled());
    expect(await store.load({ key })).toMatchObject({ kind: 'found' });
  });

  test('a duplicated call arrives a second time', async () => {
    const { store, clock } = aFaultyStore('duplicate');
    expect((await store.append(anAppend())).kind).toBe('ok');
    expect(store.lateAnswers).toEqual([]);
    await runTimersUntil(clock, store.settled());
    expect(store.lateAnswers).toMatchObject([{ method: 'append', answer: { kind: 'duplicate' } }]);
  });
});

describe('seededFaults', () => {
  function drawnFates(seed: number, chances: Readonly<Record<string, number>>): readonly Fate[] {
    const plan = seededFaults({ clock: virtualClock(), seed, chances });
    return Array.from({ length: 1000 }, () => plan.fateOf('append'));
  }

  test('draws the same fates for the same seed and others for another', () => {
    const chances = { 'drop-request': 0.3, duplicate: 0.3 };
    expect(drawnFates(1, chances)).toEqual(drawnFates(1, chances));
    expect(drawnFates(1, chances)).not.toEqual(drawnFates(2, chances));
  });

  test('draws every fate about as often as its chance says', () => {
    const fates = drawnFates(3, {
      delay: 0.2,
      'drop-request': 0.2,
      'drop-reply': 0.2,
      late: 0.2,
      duplicate: 0.1,
    });
    const shares = FATES.map((fate) => fates.filter((drawn) => drawn === fate).length / 1000);
    expect(shares.map((share) => Math.round(share * 10) / 10)).toEqual([
      0.1, 0.2, 0.2, 0.2, 0.2, 0.1,
    ]);
  });

  test('spares the methods that are not named', () => {
    const plan = seededFaults({
      clock: virtualClock(),
      seed: 1,
      chances: { late: 1 },
      methods: ['append'],
    });
    expect([plan.fateOf('append'), plan.fateOf('remove')]).toEqual(['late', 'deliver']);
  });
});

describe('seededRandom', () => {
  test('draws numbers in range, repeatably', () => {
    const [one, other] = [seededRandom(5), seededRandom(5)];
    const draws = Array.from({ length: 1000 }, () => one.below(10));
    expect(draws).toEqual(Array.from({ length: 1000 }, () => other.below(10)));
    expect(new Set(draws)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });
});
