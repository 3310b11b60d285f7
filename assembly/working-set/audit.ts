import {
  AUDIT_BUDGET,
  AUDIT_COPIES,
  AUDIT_FREE_SLOTS,
  AUDIT_LEVELS,
  AUDIT_LISTS,
  AUDIT_RESIDENCE,
  AUDIT_SEATS,
  AUDIT_SUMS,
  FLAG_LIVE,
  INDEX_NONE,
  LEVEL_COUNT,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  SEAT_GUARD,
  SEAT_IMPORTANCE,
  SEAT_KIND,
  SEAT_SLOT,
  SEAT_TOKENS,
  SET_MODALITY_PAGES,
  SET_MODALITY_TOKENS,
  SET_TIER_FIRST,
  SET_TIER_LAST,
  SET_TIER_PAGES,
  SET_TIER_TOKENS,
  SET_TYPE_FIRST,
  SET_TYPE_LAST,
  SET_TYPE_PAGES,
  SLOT_KIND,
  SLOT_SEAT,
  SLOT_TIER_NEXT,
  SLOT_TIER_PREVIOUS,
  SLOT_TYPE_NEXT,
  SLOT_TYPE_PREVIOUS,
  STATUS_BAD_SET,
  STATUS_OK,
  TIER_CONTEXT,
  TIER_COUNT,
} from '../shared/layout';
import {
  cell1,
  cell4,
  flagsOf,
  isInContext,
  isLive,
  isPinned,
  levelOf,
  modalityOf,
  seatColumn,
  table4,
  table8,
  tierOf,
  tokensOf,
  typeOf,
} from './columns';
import { canStand } from './pages';
import { guardOf, importanceOf } from './seats';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { hasRoom } from './sums';

/** Recomputes everything that is kept twice and returns the first invariant that does not hold, or 0. */
export function audit(set: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  // Lists and seats first: what follows walks over them.
  if (!areListsWhole(record)) return AUDIT_LISTS;
  if (!areSeatsWhole(record)) return AUDIT_SEATS;
  if (!areFreeSlotsWhole(record)) return AUDIT_FREE_SLOTS;
  const pageFault: i32 = auditPages(record);
  if (pageFault != STATUS_OK) return pageFault;
  if (!areSumsRight(record)) return AUDIT_SUMS;
  return hasRoom(record, 0) ? STATUS_OK : AUDIT_BUDGET;
}

function areListsWhole(set: SetRecord): bool {
  for (let tier: i32 = TIER_CONTEXT + 1; tier < TIER_COUNT; tier += 1) {
    const first: i32 = load<i32>(table4(set, SET_TIER_FIRST, tier));
    const last: i32 = load<i32>(table4(set, SET_TIER_LAST, tier));
    const pages: i32 = load<i32>(table4(set, SET_TIER_PAGES, tier));
    const previous: i32 = SLOT_TIER_PREVIOUS;
    if (chainLength(set, first, last, previous) != pages) return false;
    for (
      let slot: i32 = first;
      slot != INDEX_NONE;
      slot = load<i32>(cell4(set, SLOT_TIER_NEXT, slot))
    ) {
      if (tierOf(set, slot) != tier) return false;
    }
  }
  for (let type: i32 = 0; type < PAGE_TYPE_COUNT; type += 1) {
    const first: i32 = load<i32>(table4(set, SET_TYPE_FIRST, type));
    const last: i32 = load<i32>(table4(set, SET_TYPE_LAST, type));
    const pages: i32 = load<i32>(table4(set, SET_TYPE_PAGES, type));
    if (chainLength(set, first, last, SLOT_TYPE_PREVIOUS) != pages) return false;
    for (
      let slot: i32 = first;
      slot != INDEX_NONE;
      slot = load<i32>(cell4(set, SLOT_TYPE_NEXT, slot))
    ) {
      if (typeOf(set, slot) != type) return false;
    }
  }
  return true;
}

/** Length of a list of live pages whose links agree in both directions, or -1. The column behind is that of the next. */
function chainLength(set: SetRecord, first: i32, last: i32, previousColumn: i32): i32 {
  const nextColumn: i32 = previousColumn + 4;
  let before: i32 = INDEX_NONE;
  let length: i32 = 0;
  let slot: i32 = first;
  while (slot != INDEX_NONE) {
    if (length >= set.pages || !isLive(set, slot)) return -1;
    if (load<i32>(cell4(set, previousColumn, slot)) != before) return -1;
    before = slot;
    length += 1;
    slot = load<i32>(cell4(set, nextColumn, slot));
  }
  return before == last ? length : -1;
}

function areSeatsWhole(set: SetRecord): bool {
  let taken: i32 = 0;
  for (let seat: i32 = 0; seat < set.seatEnd; seat += 1) {
    const slot: i32 = load<i32>(seatColumn(set, SEAT_SLOT) + ((<usize>seat) << 2));
    if (slot == INDEX_NONE) continue;
    if (!isLive(set, slot) || !isInContext(set, slot)) return false;
    if (load<i32>(cell4(set, SLOT_SEAT, slot)) != seat) return false;
    taken += 1;
  }
  return taken == load<i32>(table4(set, SET_TIER_PAGES, TIER_CONTEXT));
}

function areFreeSlotsWhole(set: SetRecord): bool {
  let free: i32 = 0;
  let slot: i32 = set.freeSlot;
  while (slot != INDEX_NONE) {
    if (<u32>slot >= <u32>set.slotEnd || isLive(set, slot) || free > set.slotEnd) return false;
    free += 1;
    slot = load<i32>(cell4(set, SLOT_TIER_NEXT, slot));
  }
  return free + set.pages == set.slotEnd;
}

function auditPages(set: SetRecord): i32 {
  for (let slot: i32 = 0; slot < set.slotEnd; slot += 1) {
    if ((flagsOf(set, slot) & FLAG_LIVE) == 0) continue;
    if (!canStand(tierOf(set, slot), flagsOf(set, slot))) return AUDIT_RESIDENCE;
    if (levelOf(set, slot) >= LEVEL_COUNT || tokensOf(set, slot) < 0) return AUDIT_LEVELS;
    const isSeated: bool = load<i32>(cell4(set, SLOT_SEAT, slot)) != INDEX_NONE;
    if (isSeated != isInContext(set, slot)) return AUDIT_SEATS;
    if (isSeated && !isSeatCopyRight(set, slot)) return AUDIT_COPIES;
  }
  return STATUS_OK;
}

function isSeatCopyRight(set: SetRecord, slot: i32): bool {
  const seat: usize = <usize>load<i32>(cell4(set, SLOT_SEAT, slot));
  return (
    load<f64>(seatColumn(set, SEAT_IMPORTANCE) + (seat << 3)) == importanceOf(set, slot) &&
    load<i32>(seatColumn(set, SEAT_GUARD) + (seat << 2)) == guardOf(set, slot) &&
    load<i32>(seatColumn(set, SEAT_TOKENS) + (seat << 2)) == tokensOf(set, slot) &&
    load<u8>(seatColumn(set, SEAT_KIND) + seat) == load<u8>(cell1(set, SLOT_KIND, slot))
  );
}

function areSumsRight(set: SetRecord): bool {
  if (pinnedTokens(set) != set.pinnedTokens) return false;
  for (let tier: i32 = 0; tier < TIER_COUNT; tier += 1) {
    if (tierTokens(set, tier) != load<f64>(table8(set, SET_TIER_TOKENS, tier))) return false;
  }
  for (let modality: i32 = 0; modality < MODALITY_COUNT; modality += 1) {
    const pages: i32 = load<i32>(table4(set, SET_MODALITY_PAGES, modality));
    if (modalityPages(set, modality) != pages) return false;
    const tokens: f64 = load<f64>(table8(set, SET_MODALITY_TOKENS, modality));
    if (modalityTokens(set, modality) != tokens) return false;
  }
  return true;
}

function pinnedTokens(set: SetRecord): f64 {
  let sum: f64 = 0;
  for (let slot: i32 = 0; slot < set.slotEnd; slot += 1) {
    if (!isLive(set, slot) || !isInContext(set, slot) || !isPinned(set, slot)) continue;
    sum += <f64>tokensOf(set, slot);
  }
  return sum;
}

function tierTokens(set: SetRecord, tier: i32): f64 {
  let sum: f64 = 0;
  for (let slot: i32 = 0; slot < set.slotEnd; slot += 1) {
    if (isLive(set, slot) && tierOf(set, slot) == tier) sum += <f64>tokensOf(set, slot);
  }
  return sum;
}

function modalityTokens(set: SetRecord, modality: i32): f64 {
  let sum: f64 = 0;
  for (let slot: i32 = 0; slot < set.slotEnd; slot += 1) {
    if (!isLive(set, slot) || !isInContext(set, slot)) continue;
    if (modalityOf(set, slot) == modality) sum += <f64>tokensOf(set, slot);
  }
  return sum;
}

function modalityPages(set: SetRecord, modality: i32): i32 {
  let pages: i32 = 0;
  for (let slot: i32 = 0; slot < set.slotEnd; slot += 1) {
    if (isLive(set, slot) && modalityOf(set, slot) == modality) pages += 1;
  }
  return pages;
}
