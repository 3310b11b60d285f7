import {
  GUARD_PINNED,
  INDEX_NONE,
  POLICY_EVICT_TURNS,
  POLICY_FAULT_TURNS,
  POLICY_PAGE_IMPORTANCE,
  TIER_CONTEXT,
  TURN_NEVER,
} from '../../../assembly/shared/layout.ts';
import { seatsOf } from './page-columns.ts';
import type { PageColumns } from './page-columns.ts';

/** Gives a page the last seat of the context. */
export function takeSeat(set: PageColumns, slot: number): void {
  if (set.seatEnd === seatsOf(set.capacity)) closeGaps(set);
  const seat = set.seatEnd;
  set.seatEnd = seat + 1;
  set.seat[slot] = seat;
  set.seatSlot[seat] = slot;
  set.seatKind[seat] = set.kind[slot] ?? 0;
  refreshSeat(set, slot);
}

/** Takes a page out of its seat. */
export function leaveSeat(set: PageColumns, slot: number): void {
  const seat = set.seat[slot] ?? INDEX_NONE;
  set.seat[slot] = INDEX_NONE;
  set.seatSlot[seat] = INDEX_NONE;
  if (seat === set.seatEnd - 1) set.seatEnd = seat;
}

/** Copies what scoring reads from the slot of a page in the context to its seat. */
export function refreshSeat(set: PageColumns, slot: number): void {
  const seat = set.seat[slot] ?? INDEX_NONE;
  set.seatImportance[seat] = importanceOf(set, slot);
  set.seatGuard[seat] = guardOf(set, slot);
  set.seatTokens[seat] = set.tokensOf(slot);
}

/** The importance that counts in the context: the override, else that of the page where the policy looks at it. */
export function importanceOf(set: PageColumns, slot: number): number {
  const given = set.override[slot] ?? Number.NaN;
  if (!Number.isNaN(given)) return given;
  return set.policy[POLICY_PAGE_IMPORTANCE] === 0 ? 0.5 : (set.importance[slot] ?? 0);
}

/** The first turn in which nothing that happened to the page lately counts any more. */
export function guardOf(set: PageColumns, slot: number): number {
  if (set.isPinned(slot)) return GUARD_PINNED;
  const fault = set.faultTurn[slot] ?? TURN_NEVER;
  const evict = set.evictTurn[slot] ?? TURN_NEVER;
  return Math.max(
    fault === TURN_NEVER ? TURN_NEVER : fault + (set.policy[POLICY_FAULT_TURNS] ?? 0),
    evict === TURN_NEVER ? TURN_NEVER : evict + (set.policy[POLICY_EVICT_TURNS] ?? 0),
  );
}

/** Closes the gaps, so that seats and positions are the same numbers. */
export function closeGaps(set: PageColumns): void {
  if (set.seatEnd === set.tierPages[TIER_CONTEXT]) return;
  let to = 0;
  for (let from = 0; from < set.seatEnd; from += 1) {
    const slot = set.seatSlot[from] ?? INDEX_NONE;
    if (slot === INDEX_NONE) continue;
    set.seat[slot] = to;
    set.seatSlot[to] = slot;
    set.seatImportance[to] = set.seatImportance[from] ?? 0;
    set.seatGuard[to] = set.seatGuard[from] ?? 0;
    set.seatTokens[to] = set.seatTokens[from] ?? 0;
    set.seatKind[to] = set.seatKind[from] ?? 0;
    to += 1;
  }
  set.seatEnd = to;
}
