import type { FairShares } from './fair-queue.ts';
import type { ActorLimits } from './limits.ts';

/** What each tenant may take before it is the turn of the next one. */
export function sharesOf({ turnShare, tenantWeights }: ActorLimits): FairShares {
  // A name such as `constructor` is a tenant like any other.
  const weights = new Map(Object.entries(tenantWeights));
  return { quantum: turnShare, weightOf: (tenant) => weights.get(tenant) ?? 1 };
}
