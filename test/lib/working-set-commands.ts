import fc from 'fast-check';
import type { EvictionWeights } from '../../src/kernel/working-set/eviction-policy.ts';
import {
  IMPORTANCE_WEIGHTED_LRU,
  MODALITY_AWARE_LRU,
  PLAIN_LRU,
} from '../../src/kernel/working-set/eviction-policy.ts';
import type { NewPage } from '../../src/kernel/working-set/page-facts.ts';
import { PAGE_MODALITIES, PAGE_TYPES, TIERS } from '../../src/kernel/working-set/page-kinds.ts';
import type { PageFlag } from '../../src/kernel/working-set/page-kinds.ts';

/** One call; `pick` chooses among the pages that are there. */
export type WorkingSetCommand =
  | { readonly kind: 'add'; readonly page: NewPage }
  | {
      readonly kind: 'number';
      readonly call: NumberCall;
      readonly pick: number;
      readonly value: number;
    }
  | { readonly kind: 'turn' }
  | { readonly kind: 'policy'; readonly policy: EvictionWeights }
  | { readonly kind: 'budget'; readonly totalTokens: number; readonly reservedTokens: number };

const NUMBER_CALLS = [
  'admit',
  'admit',
  'admit',
  'touch',
  'renew',
  'move',
  'evict',
  'evict',
  'protect',
  'pin',
  'unpin',
  'clear-pins',
  'set-flag',
  'clear-flag',
  'importance',
  'override',
  'tokens',
  'fold',
  'fold',
  'remove',
] as const;
export type NumberCall = (typeof NUMBER_CALLS)[number];

const share = fc.double({ min: 0, max: 1, noNaN: true });
const tokens = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 1, 100));
const levelTokens = fc.tuple(
  tokens,
  fc.option(tokens, { nil: null }),
  fc.option(tokens, { nil: null }),
  fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
);

/** A page that every tier may hold; flags that would be refused have tests of their own. */
export const newPage: fc.Arbitrary<NewPage> = fc.record({
  type: fc.constantFrom(...PAGE_TYPES),
  modality: fc.constantFrom(...PAGE_MODALITIES),
  tier: fc.constantFrom(...TIERS),
  levelTokens,
  importance: share,
  importanceOverride: fc.option(share, { nil: null }),
  flags: fc
    .subarray<PageFlag>(['pinnedExplicitly', 'pinnedByPage', 'dirty', 'stored'], { maxLength: 2 })
    .map((flags): readonly PageFlag[] => [...flags, 'resident']),
  lastAccessedMs: fc.integer({ min: 0, max: 5_000_000 }),
  accessCount: fc.constantFrom(0, 0, 1, 7, 22_025, 22_026, 30_000),
});

const builtIn = fc.constantFrom(IMPORTANCE_WEIGHTED_LRU, PLAIN_LRU, MODALITY_AWARE_LRU);

/** The built-in policies and odd ones. */
export const anyPolicy: fc.Arbitrary<EvictionWeights> = fc.oneof(
  builtIn,
  fc
    .record({
      base: builtIn,
      position: fc.double({ min: -2, max: 2, noNaN: true }),
      claim: share,
      video: share,
      usesPageImportance: fc.boolean(),
      fault: fc.integer({ min: 0, max: 4 }),
      evict: fc.integer({ min: 0, max: 4 }),
      isHard: fc.boolean(),
    })
    .map(({ base, position, claim, video, usesPageImportance, fault, evict, isHard }) => ({
      ...base,
      // JSON knows no negative zero.
      context: { ...base.context, position: position + 0 },
      usesPageImportance,
      typeBonus: { claim },
      modalityFactor: { ...base.modalityFactor, video },
      penaltyTurns: { fault, evict },
      hardTurns: isHard ? { fault, evict } : { fault: 0, evict: 0 },
    })),
);

/** Any sequence of calls, in the proportions of use. */
export const workingSetCommand: fc.Arbitrary<WorkingSetCommand> = fc.oneof(
  { weight: 6, arbitrary: newPage.map((page) => ({ kind: 'add' as const, page })) },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      call: fc.constantFrom(...NUMBER_CALLS),
      pick: fc.nat(),
      value: fc.nat({ max: 4_000_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 1, arbitrary: anyPolicy.map((policy) => ({ kind: 'policy' as const, policy })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('budget' as const),
      totalTokens: fc.integer({ min: 500, max: 3000 }),
      reservedTokens: fc.integer({ min: 0, max: 400 }),
    }),
  },
);
