import { parseModalityAwareOptions } from '../../domain/eviction-options.ts';
import type { ModalityAwareOptions } from '../../domain/eviction-options.ts';
import type { Modality, StorageTier } from '../../domain/page.ts';
import { MODALITY_AWARE_LRU } from '../../kernel/working-set/eviction-policy.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import { findPage } from './eviction-policy.ts';
import type { EvictionCandidate, EvictionContext, EvictionPolicy } from './eviction-policy.ts';
import { ImportanceWeightedLRU } from './importance-weighted-lru.ts';

/** Multiplies what another policy says by a factor of the page's modality, so that text outlasts what is costly to show. */
export class ModalityAwareLRU implements EvictionPolicy {
  readonly #factors: Readonly<Partial<Record<Modality, number>>>;
  readonly #base: EvictionPolicy;

  /**
   * @param base Scores pages first; the importance-weighted policy by default.
   * @throws INVALID_INPUT naming the option that is wrong.
   */
  constructor(
    options: ModalityAwareOptions = {},
    base: EvictionPolicy = new ImportanceWeightedLRU(),
  ) {
    const { modalityWeights } = parseModalityAwareOptions(options);
    this.#factors = modalityWeights ?? MODALITY_AWARE_LRU.modalityFactor;
    this.#base = base;
  }

  scoreCandidates(
    context: EvictionContext,
    fromTier: StorageTier,
    tokensNeeded: number = 0,
  ): readonly EvictionCandidate[] {
    // The base has to name all pages: a factor may bring the last of them to the front.
    const free = this.#weigh({ ...context, isEmergency: false }, fromTier);
    const all =
      context.isEmergency === true ? this.#followedByProtected(context, fromTier, free) : free;
    return tokensNeeded <= 0 ? all : untilFreed(context, all, tokensNeeded);
  }

  kernelWeights(): EvictionWeights | null {
    const weights = this.#base.kernelWeights?.() ?? null;
    // The kernel knows one factor a modality.
    if (weights === null || Object.keys(weights.modalityFactor).length > 0) return null;
    return { ...weights, modalityFactor: this.#factors };
  }

  #followedByProtected(
    context: EvictionContext,
    fromTier: StorageTier,
    free: readonly EvictionCandidate[],
  ): readonly EvictionCandidate[] {
    const named = new Set(free.map(({ pageId }) => pageId));
    const all = this.#weigh(context, fromTier);
    return [...free, ...all.filter(({ pageId }) => !named.has(pageId))];
  }

  #weigh(context: EvictionContext, fromTier: StorageTier): readonly EvictionCandidate[] {
    return this.#base
      .scoreCandidates(context, fromTier)
      .map(({ pageId, score }) => ({ pageId, score: score * this.#factorOf(context, pageId) }))
      .toSorted((left, right) => left.score - right.score);
  }

  #factorOf(context: EvictionContext, pageId: string): number {
    const page = findPage(context, pageId);
    return page === null ? 1 : (this.#factors[page.modality] ?? 1);
  }
}

function untilFreed(
  context: EvictionContext,
  candidates: readonly EvictionCandidate[],
  tokensNeeded: number,
): readonly EvictionCandidate[] {
  let freed = 0;
  const end = candidates.findIndex(({ pageId }) => {
    freed += findPage(context, pageId)?.tokens ?? 0;
    return freed >= tokensNeeded;
  });
  return end === -1 ? candidates : candidates.slice(0, end + 1);
}
