import {
  GUARD_PINNED,
  INDEX_NONE,
  SEAT_GUARD,
  SEAT_IMPORTANCE,
  SEAT_KIND,
  SEAT_SLOT,
  SEAT_TOKENS,
  SET_TIER_PAGES,
  SLOT_EVICT_TURN,
  SLOT_FAULT_TURN,
  SLOT_IMPORTANCE,
  SLOT_KIND,
  SLOT_OVERRIDE,
  SLOT_SEAT,
  TIER_CONTEXT,
  TURN_NEVER,
} from '../shared/layout';
import { cell1, cell4, cell8, isPinned, seatColumn, table4, tokensOf } from './columns';
import { seatCapacityOf } from './regions';
import { SetRecord } from './set-record';

// The context is an array of seats in order of arrival. Whoever leaves makes a gap; gaps are closed before a scoring, so
// that the number of a seat is the position of its page. What scoring reads is copied into the seat: walking a list over
// scattered slots would cost a cache miss a page.

/** Gives a page the last seat. */
export function takeSeat(set: SetRecord, slot: i32): void {
  if (set.seatEnd == seatCapacityOf(set.capacity)) closeGaps(set);
  const seat: i32 = set.seatEnd;
  set.seatEnd = seat + 1;
  store<i32>(cell4(set, SLOT_SEAT, slot), seat);
  store<i32>(seatColumn(set, SEAT_SLOT) + ((<usize>seat) << 2), slot);
  store<u8>(seatColumn(set, SEAT_KIND) + <usize>seat, load<u8>(cell1(set, SLOT_KIND, slot)));
  refreshSeat(set, slot);
}

/** Takes a page out of its seat. */
export function leaveSeat(set: SetRecord, slot: i32): void {
  const seat: i32 = load<i32>(cell4(set, SLOT_SEAT, slot));
  store<i32>(cell4(set, SLOT_SEAT, slot), INDEX_NONE);
  store<i32>(seatColumn(set, SEAT_SLOT) + ((<usize>seat) << 2), INDEX_NONE);
  if (seat == set.seatEnd - 1) set.seatEnd = seat;
}

/** Copies what scoring reads from the slot of a page in the context to its seat. */
export function refreshSeat(set: SetRecord, slot: i32): void {
  const seat: usize = <usize>load<i32>(cell4(set, SLOT_SEAT, slot));
  store<f64>(seatColumn(set, SEAT_IMPORTANCE) + (seat << 3), importanceOf(set, slot));
  store<i32>(seatColumn(set, SEAT_GUARD) + (seat << 2), guardOf(set, slot));
  store<i32>(seatColumn(set, SEAT_TOKENS) + (seat << 2), tokensOf(set, slot));
}

/** The importance that counts in the context: the override, else that of the page where the policy looks at it. */
export function importanceOf(set: SetRecord, slot: i32): f64 {
  const given: f64 = load<f64>(cell8(set, SLOT_OVERRIDE, slot));
  if (given == given) return given;
  return set.usesPageImportance != 0 ? load<f64>(cell8(set, SLOT_IMPORTANCE, slot)) : 0.5;
}

/** The first turn in which nothing that happened to the page lately counts any more. */
export function guardOf(set: SetRecord, slot: i32): i32 {
  if (isPinned(set, slot)) return GUARD_PINNED;
  const fault: i32 = load<i32>(cell4(set, SLOT_FAULT_TURN, slot));
  const evict: i32 = load<i32>(cell4(set, SLOT_EVICT_TURN, slot));
  const afterFault: i32 = fault == TURN_NEVER ? TURN_NEVER : fault + set.faultTurns;
  const afterEvict: i32 = evict == TURN_NEVER ? TURN_NEVER : evict + set.evictTurns;
  return max(afterFault, afterEvict);
}

/** Closes the gaps, so that seats and positions are the same numbers. */
export function closeGaps(set: SetRecord): void {
  if (set.seatEnd == load<i32>(table4(set, SET_TIER_PAGES, TIER_CONTEXT))) return;
  const slots: usize = seatColumn(set, SEAT_SLOT);
  let to: i32 = 0;
  for (let from: i32 = 0; from < set.seatEnd; from += 1) {
    const slot: i32 = load<i32>(slots + ((<usize>from) << 2));
    if (slot == INDEX_NONE) continue;
    if (to != from) moveSeat(set, slot, from, to);
    to += 1;
  }
  set.seatEnd = to;
}

function moveSeat(set: SetRecord, slot: i32, from: i32, to: i32): void {
  store<i32>(cell4(set, SLOT_SEAT, slot), to);
  store<i32>(seatColumn(set, SEAT_SLOT) + ((<usize>to) << 2), slot);
  const importance: usize = seatColumn(set, SEAT_IMPORTANCE);
  store<f64>(importance + ((<usize>to) << 3), load<f64>(importance + ((<usize>from) << 3)));
  const guard: usize = seatColumn(set, SEAT_GUARD);
  store<i32>(guard + ((<usize>to) << 2), load<i32>(guard + ((<usize>from) << 2)));
  const tokens: usize = seatColumn(set, SEAT_TOKENS);
  store<i32>(tokens + ((<usize>to) << 2), load<i32>(tokens + ((<usize>from) << 2)));
  const kind: usize = seatColumn(set, SEAT_KIND);
  store<u8>(kind + <usize>to, load<u8>(kind + <usize>from));
}
