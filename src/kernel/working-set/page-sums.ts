import { TIER_CONTEXT } from '../../../assembly/shared/layout.ts';
import type { PageColumns } from './page-columns.ts';

/** Adds a page to the sums of its tier (`sign` 1), or takes it out of them (`sign` -1). */
export function countInTier(set: PageColumns, slot: number, sign: 1 | -1): void {
  const tier = set.tierOf(slot);
  const tokens = set.tokensOf(slot) * sign;
  add(set.tierPages, tier, sign);
  add(set.tierTokens, tier, tokens);
  if (tier !== TIER_CONTEXT) return;
  add(set.modalityTokens, set.modalityOf(slot), tokens);
  if (set.isPinned(slot)) set.pinnedTokens += tokens;
}

/** Adds a page to the sums over all tiers, or takes it out of them. */
export function countInSet(set: PageColumns, slot: number, sign: 1 | -1): void {
  set.pages += sign;
  add(set.typePages, set.typeOf(slot), sign);
  add(set.modalityPages, set.modalityOf(slot), sign);
}

/** Tokens that stand in the context. */
export function usedTokens(set: PageColumns): number {
  return set.tierTokens[TIER_CONTEXT] ?? 0;
}

/** Whether the context has room for that many tokens more. */
export function hasRoom(set: PageColumns, tokens: number): boolean {
  return usedTokens(set) + tokens <= set.totalTokens - set.reservedTokens;
}

/** Tokens of the context that are not pinned. */
export function evictableTokens(set: PageColumns): number {
  return usedTokens(set) - set.pinnedTokens;
}

function add(sums: Float64Array | Int32Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}
