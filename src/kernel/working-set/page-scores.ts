import {
  FREQUENCY_ENTRIES,
  GUARD_PINNED,
  INDEX_NONE,
  KIND_MODALITY_SHIFT,
  KIND_TYPE_MASK,
  POLICY_EVICT_HARD_TURNS,
  POLICY_EVICT_TURNS,
  POLICY_FAULT_HARD_TURNS,
  POLICY_FAULT_TURNS,
  POLICY_HOT_FREQUENCY,
  POLICY_HOT_IMPORTANCE,
  POLICY_HOT_RECENCY,
  POLICY_HOT_THRASH,
  POLICY_IMPORTANCE,
  POLICY_MODALITY_FACTOR,
  POLICY_POSITION,
  POLICY_THRASH,
  POLICY_TYPE_BONUS,
  TIER_HOT,
  TURN_NEVER,
} from '../../../assembly/shared/layout.ts';
import type { PageColumns } from './page-columns.ts';
import type { ResultList } from './result-list.ts';

const MS_PER_SECOND = 1000;
const SECONDS_PER_HOUR = 3600;

/** Which pages a scan looks for: those that may leave, or those that may leave only in an emergency. */
export type ScanPass = 'free' | 'protected';

/** What a scan writes, and where. */
export interface Scan {
  readonly pass: ScanPass;
  /** Pages with a higher score are left out. */
  readonly limit: number;
  readonly results: ResultList;
  readonly start: number;
}

/** Writes score, position and tokens of the pages of a scan and returns the end of what was written. */
export function collectContext(set: PageColumns, { pass, limit, results, start }: Scan): number {
  const { seatEnd, turn, isWeighted, seatGuard, seatImportance, seatTokens } = set;
  const { score: scores, key: keys, value: values } = results;
  const weightPosition = set.policy[POLICY_POSITION] ?? 0;
  const weightImportance = set.policy[POLICY_IMPORTANCE] ?? 0;
  let at = start;
  for (let seat = 0; seat < seatEnd; seat += 1) {
    let score: number;
    if ((seatGuard[seat] ?? 0) > turn || isWeighted || pass !== 'free') {
      score = seatScore(set, seat, pass);
      if (score === Infinity) continue;
    } else {
      score = (seat / seatEnd) * weightPosition + (seatImportance[seat] ?? 0) * weightImportance;
    }
    if (score > limit) continue;
    scores[at] = score;
    keys[at] = seat;
    values[at] = seatTokens[seat] ?? 0;
    at += 1;
  }
  return at;
}

/** Scores one seat, or says by infinity that its page does not belong to the pass. */
export function seatScore(set: PageColumns, seat: number, pass: ScanPass): number {
  const guard = set.seatGuard[seat] ?? 0;
  let score = baseScore(set, seat);
  if (guard > set.turn) {
    if (guard === GUARD_PINNED) return Infinity;
    const slot = set.seatSlot[seat] ?? INDEX_NONE;
    if (isProtected(set, slot) !== (pass === 'protected')) return Infinity;
    score += penaltyOf(set, slot) * (set.policy[POLICY_THRASH] ?? 0);
  } else if (pass !== 'free') {
    return Infinity;
  }
  return set.isWeighted ? weigh(set, score, set.seatKind[seat] ?? 0) : score;
}

function baseScore({ policy, seatEnd, seatImportance }: PageColumns, seat: number): number {
  const byPosition = (seat / seatEnd) * (policy[POLICY_POSITION] ?? 0);
  return byPosition + (seatImportance[seat] ?? 0) * (policy[POLICY_IMPORTANCE] ?? 0);
}

/** Writes score, position in the list and slot of every page of the hot tier that may leave; returns how many. */
export function collectHot(
  set: PageColumns,
  nowMs: number,
  { results, frequencies }: { readonly results: ResultList; readonly frequencies: Float64Array },
): number {
  let count = 0;
  let position = 0;
  let slot = set.tierFirst[TIER_HOT] ?? INDEX_NONE;
  while (slot !== INDEX_NONE) {
    if (!set.isPinned(slot) && !isProtected(set, slot)) {
      results.put(count, hotScore(set, slot, { nowMs, frequencies }), {
        key: position,
        value: slot,
      });
      count += 1;
    }
    position += 1;
    slot = set.tierNext[slot] ?? INDEX_NONE;
  }
  return count;
}

/** Whether what happened to the page is so fresh that it may leave only in an emergency. */
export function isProtected(set: PageColumns, slot: number): boolean {
  return (
    turnsSince(set, set.faultTurn[slot]) < (set.policy[POLICY_FAULT_HARD_TURNS] ?? 0) ||
    turnsSince(set, set.evictTurn[slot]) < (set.policy[POLICY_EVICT_HARD_TURNS] ?? 0)
  );
}

function weigh({ policy }: PageColumns, score: number, kind: number): number {
  const bonus = policy[POLICY_TYPE_BONUS + (kind & KIND_TYPE_MASK)] ?? 0;
  const factor = policy[POLICY_MODALITY_FACTOR + (kind >>> KIND_MODALITY_SHIFT)] ?? 1;
  return (score + bonus) * factor;
}

function hotScore(
  set: PageColumns,
  slot: number,
  { nowMs, frequencies }: { readonly nowMs: number; readonly frequencies: Float64Array },
): number {
  const ageMs = Math.max(nowMs - (set.accessed[slot] ?? 0), 0);
  const recency = 1 / (1 + ageMs / MS_PER_SECOND / SECONDS_PER_HOUR);
  const frequency = frequencies[Math.min(set.accessCount[slot] ?? 0, FREQUENCY_ENTRIES - 1)] ?? 1;
  const given = set.override[slot] ?? Number.NaN;
  const importance = Number.isNaN(given) ? (set.importance[slot] ?? 0) : given;
  const score =
    recency * (set.policy[POLICY_HOT_RECENCY] ?? 0) +
    frequency * (set.policy[POLICY_HOT_FREQUENCY] ?? 0) +
    importance * (set.policy[POLICY_HOT_IMPORTANCE] ?? 0) +
    penaltyOf(set, slot) * (set.policy[POLICY_HOT_THRASH] ?? 0);
  return weigh(set, score, set.kind[slot] ?? 0);
}

/** Between 0 and 1: how much a fault or an eviction of the page lately speaks against taking it out. */
function penaltyOf(set: PageColumns, slot: number): number {
  const faultTurns = set.policy[POLICY_FAULT_TURNS] ?? 0;
  const evictTurns = set.policy[POLICY_EVICT_TURNS] ?? 0;
  const sinceFault = turnsSince(set, set.faultTurn[slot]);
  const sinceEvict = turnsSince(set, set.evictTurn[slot]);
  let penalty = 0;
  if (sinceFault < faultTurns) penalty += 1 - sinceFault / faultTurns;
  if (sinceEvict < evictTurns) penalty += 0.5 * (1 - sinceEvict / evictTurns);
  return Math.min(penalty, 1);
}

/** As an unsigned number, what never happened is two thousand million turns away. */
function turnsSince(set: PageColumns, turn: number = TURN_NEVER): number {
  return (set.turn - turn) >>> 0;
}
