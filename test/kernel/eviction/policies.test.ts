import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MODALITIES, PAGE_TYPES } from '../../../src/domain/page.ts';
import { AntiThrash } from '../../../src/memory/eviction/anti-thrash.ts';
import type { EvictionPage, EvictionPolicy } from '../../../src/memory/eviction/eviction-policy.ts';
import {
  ImportanceWeightedLRU,
  WITHOUT_PAGE_IMPORTANCE,
} from '../../../src/memory/eviction/importance-weighted-lru.ts';
import { LRUEvictionPolicy } from '../../../src/memory/eviction/lru-eviction-policy.ts';
import { ModalityAwareLRU } from '../../../src/memory/eviction/modality-aware-lru.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import type { ScoredPage, WorkingSet } from '../../../src/kernel/working-set/working-set.ts';
import type { SlotIndex } from '../../../src/kernel/working-set/page-kinds.ts';
import { anEvictionContext } from '../../lib/eviction-context.ts';
import { KERNEL_NAMES, makeKernel } from '../../lib/kernels.ts';

const NOW_MS = 9_000_000;
const TURN = 12;

interface Sample extends EvictionPage {
  readonly isHot: boolean;
  readonly override: number | null;
  readonly faultTurn: number | null;
  readonly evictTurn: number | null;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const turn = fc.option(fc.integer({ min: 6, max: TURN }), { freq: 2 });

const sample: fc.Arbitrary<Sample> = fc.record({
  isHot: fc.boolean(),
  pageType: fc.constantFrom(...PAGE_TYPES),
  modality: fc.constantFrom(...MODALITIES),
  importance: fc.oneof(share, fc.constant(0.5)),
  pinned: fc.boolean(),
  tokens: fc.integer({ min: 1, max: 50 }),
  lastAccessedMs: fc.integer({ min: 0, max: NOW_MS + 1_000_000 }),
  accessCount: fc.integer({ min: 0, max: 30_000 }),
  override: fc.option(share, { freq: 3 }),
  faultTurn: turn,
  evictTurn: turn,
});

const windows = fc
  .record({
    evictionCooldownTurns: fc.integer({ min: 0, max: 5 }),
    faultProtectionTurns: fc.integer({ min: 0, max: 5 }),
    isHard: fc.boolean(),
  })
  .map(({ isHard, ...turns }) =>
    isHard
      ? {
          ...turns,
          hardEvictionTurns: turns.evictionCooldownTurns,
          hardFaultTurns: turns.faultProtectionTurns,
        }
      : turns,
  );

const policy: fc.Arbitrary<EvictionPolicy> = fc.oneof(
  fc.constant(new LRUEvictionPolicy()),
  fc.constant(new ImportanceWeightedLRU(WITHOUT_PAGE_IMPORTANCE)),
  fc
    .record({ l0PositionWeight: share, l1FrequencyWeight: share, l0ThrashWeight: share })
    .map((options) => new ImportanceWeightedLRU(options)),
  fc.constant(new ModalityAwareLRU()),
  share.map(
    (audio) => new ModalityAwareLRU({ modalityWeights: { audio } }, new LRUEvictionPolicy()),
  ),
);

/** Puts the pages into a kernel's set; the name of a page is its place in the list. */
function openSet(
  kernel: Kernel,
  samples: readonly Sample[],
  given: { readonly policy: EvictionPolicy; readonly antiThrash: AntiThrash },
): { readonly set: WorkingSet; readonly names: ReadonlyMap<SlotIndex, string> } {
  const weights = given.policy.kernelWeights?.() ?? undefined;
  expect(weights).toBeDefined();
  const set = kernel.openWorkingSet({
    totalTokens: 100_000,
    reservedTokens: 0,
    policy: { ...weights!, ...given.antiThrash.windows },
    turn: TURN,
  });
  const names = new Map<SlotIndex, string>();
  samples.forEach((page, index) => {
    const slot = set.add({
      type: page.pageType,
      modality: page.modality,
      tier: page.isHot ? 'L1' : 'L0',
      levelTokens: [page.tokens, null, null, null],
      importance: page.importance,
      importanceOverride: page.override,
      flags: page.pinned ? ['resident', 'pinnedByPage'] : ['resident'],
      lastAccessedMs: page.lastAccessedMs,
      accessCount: page.accessCount,
      faultTurn: page.faultTurn,
      evictTurn: page.evictTurn,
    });
    names.set(slot!, `p${index}`);
  });
  return { set, names };
}

function contextOf(
  samples: readonly Sample[],
  antiThrash: AntiThrash,
): ReturnType<typeof anEvictionContext> {
  const named = samples.map((page, index) => [`p${index}`, page] as const);
  for (const [name, { faultTurn, evictTurn }] of named) {
    if (faultTurn !== null) antiThrash.recordFault(name, faultTurn);
    if (evictTurn !== null) antiThrash.recordEviction(name, evictTurn);
  }
  const overrides = named.flatMap(([name, { override }]) =>
    override === null ? [] : [[name, override] as const],
  );
  return anEvictionContext({
    currentTurn: TURN,
    nowMs: NOW_MS,
    l0PageIds: named.filter(([, page]) => !page.isHot).map(([name]) => name),
    l1Pages: new Map(named.filter(([, page]) => page.isHot)),
    importanceOverrides: new Map(overrides),
    antiThrash,
    table: Object.fromEntries(named),
  });
}

describe('built-in policies', () => {
  test.each(KERNEL_NAMES)('score as the kernel %s does, to the bit (M-90, M-96)', (name) => {
    const kernel = makeKernel(name);
    const run = fc.record({ samples: fc.array(sample, { maxLength: 40 }), policy, windows });
    fc.assert(
      fc.property(run, ({ samples, windows: options, policy: given }) => {
        const antiThrash = new AntiThrash(options);
        const context = contextOf(samples, antiThrash);
        const { set, names } = openSet(kernel, samples, { policy: given, antiThrash });
        const named = (pages: readonly ScoredPage[]): unknown =>
          pages.map(({ slot, score }) => ({ pageId: names.get(slot), score: score + 0 }));
        expect(given.scoreCandidates(context, 'L0')).toEqual(named(set.scoreContext()));
        expect(given.scoreCandidates({ ...context, isEmergency: true }, 'L0')).toEqual(
          named(set.scoreContext(true)),
        );
        expect(given.scoreCandidates(context, 'L1')).toEqual(
          named(set.scoreHot(samples.length, NOW_MS)),
        );
        const all = given.scoreCandidates(context, 'L0').map(({ pageId }) => pageId);
        for (const tokens of [1, 100, 500]) {
          const victims = set.selectVictims({ tokens })?.map((slot) => names.get(slot));
          const chosen = given.scoreCandidates(context, 'L0', tokens).map(({ pageId }) => pageId);
          // Where the need cannot be met the kernel names nobody, and a policy all there are.
          expect(chosen).toEqual(victims ?? all);
        }
        set.close();
      }),
      { numRuns: 150 },
    );
  });
});
