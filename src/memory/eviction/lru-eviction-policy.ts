import type { StorageTier } from '../../domain/page.ts';
import { PLAIN_LRU } from '../../kernel/working-set/eviction-policy.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import type { EvictionCandidate, EvictionContext, EvictionPolicy } from './eviction-policy.ts';
import { recencyOf } from './page-score.ts';
import { rankCandidates } from './rank-candidates.ts';

/** Takes out the oldest page of the context, or the hot page whose latest use is longest ago. */
export class LRUEvictionPolicy implements EvictionPolicy {
  scoreCandidates(
    context: EvictionContext,
    fromTier: StorageTier,
    tokensNeeded: number = 0,
  ): readonly EvictionCandidate[] {
    return rankCandidates(context, {
      fromTier,
      tokensNeeded,
      score: ({ nowMs }, { position, page }) =>
        fromTier === 'L0' || page === null ? position : recencyOf(page, nowMs),
    });
  }

  kernelWeights(): EvictionWeights {
    return PLAIN_LRU;
  }
}
