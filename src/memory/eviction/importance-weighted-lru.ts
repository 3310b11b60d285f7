import { parseImportanceWeightedOptions } from '../../domain/eviction-options.ts';
import type { ImportanceWeightedOptions } from '../../domain/eviction-options.ts';
import type { StorageTier } from '../../domain/page.ts';
import { IMPORTANCE_WEIGHTED_LRU } from '../../kernel/working-set/eviction-policy.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import type { EvictionCandidate, EvictionContext, EvictionPolicy } from './eviction-policy.ts';
import { frequencyOf, importanceOf, penaltyOf, recencyOf } from './page-score.ts';
import { rankCandidates } from './rank-candidates.ts';
import type { ScoredSubject } from './rank-candidates.ts';

/**
 * What a type adds to the score of a page: so that what was decided outlasts what was said: it is short, and
 * asked for again.
 */
const TYPE_BONUS: EvictionWeights['typeBonus'] = {
  claim: 0.24,
  index: 0.2,
  procedure: 0.16,
  summary: 0.12,
  artifact: 0.04,
};

/** Options that look at neither importance nor type of a page in the context, only at overrides. */
export const WITHOUT_PAGE_IMPORTANCE: ImportanceWeightedOptions = {
  usesPageImportance: false,
  typeBonus: {},
};

/**
 * Keeps what is new, important or used: in the context `position·P + importance·I + penalty·T`, in the hot tier
 * `recency·R + frequency·F + importance·I + penalty·T`, both with a bonus for the type of the page.
 */
export class ImportanceWeightedLRU implements EvictionPolicy {
  readonly #weights: EvictionWeights;

  /** @throws INVALID_INPUT naming the option that is wrong. */
  constructor(options: ImportanceWeightedOptions = {}) {
    this.#weights = toWeights(parseImportanceWeightedOptions(options));
  }

  scoreCandidates(
    context: EvictionContext,
    fromTier: StorageTier,
    tokensNeeded: number = 0,
  ): readonly EvictionCandidate[] {
    const weights = this.#weights;
    const scoreTier = fromTier === 'L0' ? scoreInContext : scoreHot;
    return rankCandidates(context, {
      fromTier,
      tokensNeeded,
      score: (view, subject) =>
        scoreTier(weights, view, subject) +
        (subject.page === null ? 0 : (weights.typeBonus[subject.page.pageType] ?? 0)),
    });
  }

  kernelWeights(): EvictionWeights {
    return this.#weights;
  }
}

// Terms are added in the order of the kernel, so that both come to the same score to the last bit.
function scoreInContext(
  { context: weights, usesPageImportance }: EvictionWeights,
  context: EvictionContext,
  { pageId, position, page }: ScoredSubject,
): number {
  const importance = importanceOf(context, pageId, usesPageImportance ? page : null);
  return (
    position * weights.position +
    importance * weights.importance +
    penaltyOf(context, pageId) * weights.thrash
  );
}

function scoreHot(
  { hot: weights }: EvictionWeights,
  context: EvictionContext,
  { pageId, page }: ScoredSubject,
): number {
  if (page === null) return 0;
  return (
    recencyOf(page, context.nowMs) * weights.recency +
    frequencyOf(page) * weights.frequency +
    importanceOf(context, pageId, page) * weights.importance +
    penaltyOf(context, pageId) * weights.thrash
  );
}

function toWeights(options: ImportanceWeightedOptions): EvictionWeights {
  const { context, hot, usesPageImportance } = IMPORTANCE_WEIGHTED_LRU;
  return {
    ...IMPORTANCE_WEIGHTED_LRU,
    context: {
      position: options.l0PositionWeight ?? context.position,
      importance: options.l0ImportanceWeight ?? context.importance,
      thrash: options.l0ThrashWeight ?? context.thrash,
    },
    hot: {
      recency: options.l1RecencyWeight ?? hot.recency,
      frequency: options.l1FrequencyWeight ?? hot.frequency,
      importance: options.l1ImportanceWeight ?? hot.importance,
      thrash: options.l1ThrashWeight ?? hot.thrash,
    },
    usesPageImportance: options.usesPageImportance ?? usesPageImportance,
    typeBonus: options.typeBonus ?? TYPE_BONUS,
  };
}
