import {
  SET_MODALITY_PAGES,
  SET_MODALITY_TOKENS,
  SET_TIER_PAGES,
  SET_TIER_TOKENS,
  SET_TYPE_PAGES,
  TIER_CONTEXT,
} from '../shared/layout';
import { isPinned, modalityOf, table4, table8, tierOf, tokensOf, typeOf } from './columns';
import { SetRecord } from './set-record';

// Running sums. A page enters them and leaves them with the same cost, so they cannot drift.

/** Adds a page to the sums of its tier (`sign` 1), or takes it out of them (`sign` -1). */
export function countInTier(set: SetRecord, slot: i32, sign: i32): void {
  const tier: i32 = tierOf(set, slot);
  const tokens: f64 = <f64>(tokensOf(set, slot) * sign);
  add4(table4(set, SET_TIER_PAGES, tier), sign);
  add8(table8(set, SET_TIER_TOKENS, tier), tokens);
  if (tier != TIER_CONTEXT) return;
  add8(table8(set, SET_MODALITY_TOKENS, modalityOf(set, slot)), tokens);
  if (isPinned(set, slot)) set.pinnedTokens += tokens;
}

/** Adds a page to the sums over all tiers, or takes it out of them. */
export function countInSet(set: SetRecord, slot: i32, sign: i32): void {
  set.pages += sign;
  add4(table4(set, SET_TYPE_PAGES, typeOf(set, slot)), sign);
  add4(table4(set, SET_MODALITY_PAGES, modalityOf(set, slot)), sign);
}

/** Tokens that stand in the context. */
export function usedTokens(set: SetRecord): f64 {
  return load<f64>(table8(set, SET_TIER_TOKENS, TIER_CONTEXT));
}

/** Whether the context has room for that many tokens more. */
export function hasRoom(set: SetRecord, tokens: i32): bool {
  const usable: i32 = set.totalTokens - set.reservedTokens;
  return usedTokens(set) + <f64>tokens <= <f64>usable;
}

/** Tokens of the context that are not pinned. */
export function evictableTokens(set: SetRecord): f64 {
  return usedTokens(set) - set.pinnedTokens;
}

function add4(at: usize, value: i32): void {
  store<i32>(at, load<i32>(at) + value);
}

function add8(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}
