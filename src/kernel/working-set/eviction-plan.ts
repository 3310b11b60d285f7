import {
  ACTION_EVICT,
  ACTION_KEEP,
  STATUS_IMPOSSIBLE,
  TOKENS_ABSENT,
} from '../../../assembly/shared/layout.ts';
import type { PageColumns } from './page-columns.ts';
import { evictableTokens } from './page-sums.ts';
import type { ResultList } from './result-list.ts';
import { rankContext, seatsToSlots } from './victim-selection.ts';
import type { EvictionNeed } from './victim-selection.ts';

interface Plan {
  readonly set: PageColumns;
  readonly results: ResultList;
  readonly count: number;
}

/**
 * Plans which pages to fold to which level and which to take out; returns the number of actions or a status. Folding
 * comes first, in order of score and level by level. Only if that does not suffice pages are taken out, lowest score
 * first, and folds that have become needless are given up again, highest score first.
 */
export function planEviction(
  set: PageColumns,
  need: EvictionNeed & { readonly deepestLevel: number },
  results: ResultList,
): number {
  if (need.tokens > evictableTokens(set)) return STATUS_IMPOSSIBLE;
  let count = rankContext(set, false, results);
  if (results.sum(0, count) < need.tokens) {
    if (!need.isEmergency) return STATUS_IMPOSSIBLE;
    count = rankContext(set, true, results);
  }
  seatsToSlots(set, count, results);
  results.value.fill(ACTION_KEEP, 0, count);
  const plan = { set, results, count };
  const missing = foldInRounds(plan, need.tokens, need.deepestLevel);
  if (missing > 0) unfold(plan, -takeOut(plan, missing));
  return dropKept(plan);
}

/** Folds until the need is met or nothing is left to fold; returns what is still missing. */
function foldInRounds(plan: Plan, need: number, deepest: number): number {
  const { set, results, count } = plan;
  let missing = need;
  for (let round = 0; round < deepest; round += 1) {
    for (let index = 0; index < count && missing > 0; index += 1) {
      const slot = results.key[index] ?? 0;
      const level = plannedLevel(plan, index);
      const next = nextUsefulLevel(set, slot, { level, deepest });
      if (next === level) continue;
      missing -= set.tokensAt(slot, level) - set.tokensAt(slot, next);
      results.value[index] = next;
    }
  }
  return missing;
}

/** Takes pages out until nothing is missing; returns what is missing then, which is nothing or less. */
function takeOut(plan: Plan, need: number): number {
  const { set, results, count } = plan;
  let missing = need;
  for (let index = 0; index < count && missing > 0; index += 1) {
    const tokens = set.tokensAt(results.key[index] ?? 0, plannedLevel(plan, index));
    // Taking out what costs nothing would lose it for nothing.
    if (tokens === 0) continue;
    missing -= tokens;
    results.value[index] = ACTION_EVICT;
  }
  return missing;
}

/** Gives up folds that the surplus pays for. */
function unfold({ set, results, count }: Plan, surplus: number): void {
  let rest = surplus;
  for (let index = count - 1; index >= 0; index -= 1) {
    const action = results.value[index] ?? ACTION_KEEP;
    if (action >= ACTION_EVICT) continue;
    const slot = results.key[index] ?? 0;
    const saved = set.tokensOf(slot) - set.tokensAt(slot, action);
    if (saved > rest) continue;
    rest -= saved;
    results.value[index] = ACTION_KEEP;
  }
}

/** The least deep level below this one that saves anything, or this one. */
function nextUsefulLevel(
  set: PageColumns,
  slot: number,
  { level, deepest }: { readonly level: number; readonly deepest: number },
): number {
  const present = set.tokensAt(slot, level);
  for (let next = level + 1; next <= deepest; next += 1) {
    const tokens = set.tokensAt(slot, next);
    if (tokens !== TOKENS_ABSENT && tokens < present) return next;
  }
  return level;
}

function dropKept({ results, count }: Plan): number {
  let kept = 0;
  for (let index = 0; index < count; index += 1) {
    const action = results.value[index] ?? ACTION_KEEP;
    if (action === ACTION_KEEP) continue;
    results.put(kept, results.score[index] ?? 0, { key: results.key[index] ?? 0, value: action });
    kept += 1;
  }
  return kept;
}

function plannedLevel({ set, results }: Plan, index: number): number {
  const action = results.value[index] ?? ACTION_KEEP;
  return action === ACTION_KEEP ? set.levelOf(results.key[index] ?? 0) : action;
}
