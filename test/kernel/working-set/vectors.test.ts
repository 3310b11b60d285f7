import { describe, expect, test } from 'vitest';
import {
  IMPORTANCE_WEIGHTED_LRU,
  MODALITY_AWARE_LRU,
  PLAIN_LRU,
} from '../../../src/kernel/working-set/eviction-policy.ts';
import type { EvictionWeights } from '../../../src/kernel/working-set/eviction-policy.ts';
import type { SlotIndex } from '../../../src/kernel/working-set/page-kinds.ts';
import { KERNEL_NAMES, makeKernel } from '../../lib/kernels.ts';
import { aPage, options } from '../../lib/working-set-builders.ts';

// Figures worked out by hand or by the formulas with a pocket calculator, to the last bit of a double.

/** A policy as it was before pages had an importance in the context, and with full exclusion after faults. */
function older(policy: EvictionWeights): EvictionWeights {
  return { ...policy, usesPageImportance: false, hardTurns: policy.penaltyTurns };
}

const HOUR_MS = 3_600_000;
const MODALITIES = ['text', 'text', 'image', 'video', 'structured'] as const;

describe.each(KERNEL_NAMES)('victims in the %s kernel', (name) => {
  test('are never pages without tokens, whatever is needed', () => {
    const set = makeKernel(name).openWorkingSet(options({ policy: PLAIN_LRU, turn: 5 }));
    const [, first, , second, , fresh] = [0, 10, 0, 20, 0, 30].map((tokens, index) =>
      set.add(aPage({ tokens, faultTurn: index > 3 ? 5 : null }))!,
    );
    expect(set.selectVictims({ tokens: 0 })).toEqual([]);
    expect(set.selectVictims({ tokens: 5 })).toEqual([first]);
    expect(set.selectVictims({ tokens: 11 })).toEqual([first, second]);
    expect(set.selectVictims({ tokens: 31 })).toBeUndefined();
    expect(set.selectVictims({ tokens: 31, isEmergency: true })).toEqual([first, second, fresh]);
  });
});

describe.each(KERNEL_NAMES)('scores in the %s kernel', (name) => {
  function five(policy: EvictionWeights): ReturnType<typeof openFive> {
    return openFive(older(policy));
  }

  function openFive(policy: EvictionWeights) {
    const set = makeKernel(name).openWorkingSet(options({ policy }));
    const slots = MODALITIES.map((modality) => set.add(aPage({ tokens: 10, modality }))!);
    const named = (slot: SlotIndex): string => `p${slots.indexOf(slot)}`;
    return {
      set,
      slots,
      scores: () => set.scoreContext().map(({ slot, score }) => [named(slot), score]),
    };
  }

  test('go by position and override, and leave pinned pages out', () => {
    const { set, slots, scores } = five(IMPORTANCE_WEIGHTED_LRU);
    set.pin(slots[1]!, 'pinnedExplicitly');
    set.setImportanceOverride(slots[0]!, 0.9);
    set.setImportanceOverride(slots[3]!, 0.1);
    expect(scores()).toEqual([
      ['p3', 0.28],
      ['p0', 0.36000000000000004],
      ['p2', 0.36000000000000004],
      ['p4', 0.52],
    ]);
    set.setPolicy(older(PLAIN_LRU));
    expect(scores()).toEqual([
      ['p0', 0],
      ['p2', 0.4],
      ['p3', 0.6],
      ['p4', 0.8],
    ]);
  });

  test('are multiplied by the factor of the modality', () => {
    const { set, scores } = five(MODALITY_AWARE_LRU);
    expect(scores()).toEqual([
      ['p3', 0.132],
      ['p2', 0.18000000000000002],
      ['p0', 0.2],
      ['p1', 0.28],
      ['p4', 0.468],
    ]);
    set.setPolicy({ ...older(PLAIN_LRU), modalityFactor: MODALITY_AWARE_LRU.modalityFactor });
    expect(scores()).toEqual([
      ['p0', 0],
      ['p3', 0.18],
      ['p1', 0.2],
      ['p2', 0.2],
      ['p4', 0.7200000000000001],
    ]);
  });

  test('know the importance and the type of a page (W03) and every pin (W04)', () => {
    const set = makeKernel(name).openWorkingSet(
      options({ policy: { ...IMPORTANCE_WEIGHTED_LRU, typeBonus: { claim: 0.2 } } }),
    );
    const claim = set.add(aPage({ type: 'claim', importance: 0.95 }))!;
    const idle = set.add(aPage({ importance: 0.2 }))!;
    const pinned = set.add(aPage({ importance: 0, flags: ['resident', 'pinnedByPage'] }))!;
    expect(set.scoreContext().map(({ slot }) => slot)).toEqual([idle, claim]);
    expect(set.selectVictims({ tokens: 300 })).toBeUndefined();
    set.unpin(pinned);
    expect(set.selectVictims({ tokens: 300 })).toEqual([idle, pinned, claim]);
  });

  test('of the hot tier go by recency, frequency and importance', () => {
    const rows = [
      ['a', 'text', 0.5, 0, 0],
      ['b', 'text', 0.9, 100, 24],
      ['c', 'image', 0.5, 5, 1],
      ['d', 'video', 0.5, 5, 1],
      ['e', 'text', 0.2, 30_000, 2],
      ['f', 'audio', 1, 1, 0.5],
    ] as const;
    const set = makeKernel(name).openWorkingSet(options({}));
    const now = 100 * HOUR_MS;
    const names = new Map<SlotIndex, string>();
    for (const [id, modality, importance, accessCount, hours] of rows) {
      const lastAccessedMs = now - hours * HOUR_MS;
      names.set(
        set.add(aPage({ tier: 'L1', modality, importance, accessCount, lastAccessedMs }))!,
        id,
      );
    }
    const scores = (): unknown =>
      set.scoreHot(10, now).map(({ slot, score }) => [names.get(slot), Number(score.toFixed(12))]);
    expect(scores()).toEqual([
      ['c', 0.335835189385],
      ['d', 0.335835189385],
      ['e', 0.36],
      ['b', 0.374302410337],
      ['a', 0.45],
      ['f', 0.513862943611],
    ]);
    set.setPolicy(PLAIN_LRU);
    expect(scores()).toEqual([
      ['b', 0.04],
      ['e', 0.333333333333],
      ['c', 0.5],
      ['d', 0.5],
      ['f', 0.666666666667],
      ['a', 1],
    ]);
    set.setPolicy(MODALITY_AWARE_LRU);
    expect(scores()).toEqual([
      ['d', 0.100750556815],
      ['c', 0.167917594692],
      ['f', 0.205545177444],
      ['e', 0.36],
      ['b', 0.374302410337],
      ['a', 0.45],
    ]);
    set.setPolicy(PLAIN_LRU);
    expect(set.scoreHot(2, now).map(({ slot }) => names.get(slot))).toEqual(['b', 'e']);
  });

  test('take a use in the future for one of now (W53)', () => {
    const set = makeKernel(name).openWorkingSet(options({}));
    set.add(aPage({ tier: 'L1', accessCount: 1, lastAccessedMs: 2 * HOUR_MS }));
    expect(set.scoreHot(1, 0)[0]!.score).toBeCloseTo(0.463862943611, 12);
  });

  test('carry a penalty that fades, and none that nobody sees (W06)', () => {
    const policy = {
      ...IMPORTANCE_WEIGHTED_LRU,
      context: { position: 0, importance: 0, thrash: 1 },
    };
    const set = makeKernel(name).openWorkingSet(options({ policy, turn: 10 }));
    const [faulted, evicted, both] = [1, 2, 3].map(() => set.add(aPage({ tokens: 10 }))!);
    for (const slot of [evicted!, both!]) {
      set.evictTo(slot, 'L2');
      set.admit(slot, 0);
    }
    for (const slot of [faulted!, both!]) set.protect(slot);
    const penalties = (): unknown => {
      const scores = new Map(set.scoreContext(true).map(({ slot, score }) => [slot, score]));
      return [faulted, evicted, both].map((slot) => scores.get(slot!));
    };
    expect(set.scoreContext()).toEqual([]);
    expect(penalties()).toEqual([1, 0.5, 1]);
    set.advanceTurn();
    expect(set.scoreContext()).toHaveLength(3);
    expect(penalties()).toEqual([0.5, 0.33333333333333337, 0.8333333333333334]);
    set.advanceTurn();
    expect(penalties()).toEqual([0, 0.16666666666666669, 0.16666666666666669]);
    set.advanceTurn();
    expect(penalties()).toEqual([0, 0, 0]);
  });

  test('exclude a page for whole windows where the policy says so', () => {
    const policy = older(IMPORTANCE_WEIGHTED_LRU);
    const set = makeKernel(name).openWorkingSet(options({ policy, turn: 10 }));
    const [faulted, evicted] = [set.add(aPage({}))!, set.add(aPage({}))!];
    set.evictTo(evicted, 'L2');
    set.admit(evicted, 0);
    set.protect(faulted);
    const free: unknown[] = [];
    for (let turn = 10; turn <= 13; turn += 1) {
      free.push(set.scoreContext().map(({ slot }) => (slot === faulted ? 'f' : 'e')));
      expect(set.canReach({ tokens: 200 })).toBe(turn === 13);
      expect(set.canReach({ tokens: 200, isEmergency: true })).toBe(true);
      set.advanceTurn();
    }
    expect(free).toEqual([[], [], ['f'], ['f', 'e']]);
  });
});

describe.each(KERNEL_NAMES)('victims in the %s kernel', (name) => {
  test('are the shortest row that frees the need, under each policy', () => {
    const pages = [
      ['text', 200],
      ['text', 200],
      ['image', 200],
      ['video', 200],
      ['text', 150],
    ] as const;
    const policies = [IMPORTANCE_WEIGHTED_LRU, PLAIN_LRU, MODALITY_AWARE_LRU];
    const rows = policies.map((policy) => {
      const set = makeKernel(name).openWorkingSet(options({ policy: older(policy) }));
      const slots = pages.map(([modality, tokens]) => set.add(aPage({ modality, tokens }))!);
      set.pin(slots[0]!, 'pinnedByRule');
      set.setImportanceOverride(slots[1]!, 1);
      return set.selectVictims({ tokens: 550 })!.map((slot) => slots.indexOf(slot));
    });
    expect(rows).toEqual([
      [2, 3, 1],
      [1, 2, 3],
      [3, 2, 1],
    ]);
  });

  test('are none at all when the need cannot be met (W30)', () => {
    const set = makeKernel(name).openWorkingSet(options({}));
    const slots = [1, 2, 3, 4, 5].map(() => set.add(aPage({}))!);
    expect(set.selectVictims({ tokens: 501 })).toBeUndefined();
    expect(set.planEviction({ tokens: 501 }, 3)).toBeUndefined();
    expect(set.add(aPage({ tokens: 2000 }))).toBeUndefined();
    expect(set.listTier('L0')).toEqual(slots);
    set.audit();
  });

  test('turn to protected pages only in an emergency, and last (W35)', () => {
    const set = makeKernel(name).openWorkingSet(options({}));
    const [fresh, old] = [set.add(aPage({}))!, set.add(aPage({}))!];
    set.protect(fresh);
    expect(set.selectVictims({ tokens: 150 })).toBeUndefined();
    expect(set.selectVictims({ tokens: 150, isEmergency: true })).toEqual([old, fresh]);
    set.pin(fresh, 'pinnedExplicitly');
    expect(set.selectVictims({ tokens: 150, isEmergency: true })).toBeUndefined();
  });

  test('come from the whole of a large context, sieved or not', () => {
    const set = makeKernel(name).openWorkingSet(options({ totalTokens: 1e9, policy: PLAIN_LRU }));
    // The sample of a sieve sees every 39th page; that those cost nothing makes its guess too low.
    const slots = Array.from({ length: 5000 }, (_, index) =>
      set.add(aPage({ tokens: index % 5000 < 4000 ? 1 : 100 })),
    );
    for (const tokens of [1, 100, 3999, 4000, 4001, 50_000, 104_000]) {
      const victims = set.selectVictims({ tokens })!;
      const needed = tokens <= 4000 ? tokens : 4000 + Math.ceil((tokens - 4000) / 100);
      expect(victims).toEqual(slots.slice(0, needed));
    }
    expect(set.selectVictims({ tokens: 104_001 })).toBeUndefined();
  });
});

describe.each(KERNEL_NAMES)('plans in the %s kernel', (name) => {
  test('fold before they evict and skip levels that save nothing (W47)', () => {
    const set = makeKernel(name).openWorkingSet(options({}));
    const image = set.add(aPage({ levelTokens: [200, 200, 40, 5] }))!;
    const text = set.add(aPage({ levelTokens: [200, 100, 50, 10] }))!;
    expect(set.planEviction({ tokens: 150 }, 2)).toEqual([{ kind: 'fold', slot: image, level: 2 }]);
    expect(set.planEviction({ tokens: 250 }, 2)).toEqual([
      { kind: 'fold', slot: image, level: 2 },
      { kind: 'fold', slot: text, level: 1 },
    ]);
    expect(set.planEviction({ tokens: 320 }, 2)).toEqual([
      { kind: 'evict', slot: image },
      { kind: 'fold', slot: text, level: 2 },
    ]);
    expect(set.planEviction({ tokens: 200 }, 0)).toEqual([{ kind: 'evict', slot: image }]);
  });

  test('go on until the need is met (W46)', () => {
    const set = makeKernel(name).openWorkingSet(options({}));
    for (let page = 0; page < 9; page += 1) set.add(aPage({ levelTokens: [100, 50, null, null] }));
    const plan = set.planEviction({ tokens: 800 }, 1)!;
    const outcomes = plan.map((step) =>
      step.kind === 'fold' ? set.fold(step.slot, step.level) : set.evictTo(step.slot, 'L2'),
    );
    expect(outcomes.every((outcome) => outcome === 'done')).toBe(true);
    expect(set.figures().usedTokens).toBe(100);
    expect(set.listTier('L0')).toHaveLength(2);
    expect(set.add(aPage({ tokens: 600 }))).toBeDefined();
  });
});
