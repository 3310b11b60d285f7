import {
  FLAGS_PINNED,
  FLAGS_SETTABLE,
  FLAG_LIVE,
  LEVEL_COUNT,
  MAX_PAGE_TOKENS,
  SLOT_ACCESSED,
  SLOT_ACCESS_COUNT,
  SLOT_CONTENT_VERSION,
  SLOT_EVICT_TURN,
  SLOT_FAULT_TURN,
  SLOT_FLAGS,
  SLOT_IMPORTANCE,
  SLOT_LEVEL,
  SLOT_OVERRIDE,
  SLOT_TIER,
  STATUS_BAD_SET,
  STATUS_BAD_SLOT,
  STATUS_BAD_VALUE,
  STATUS_LEVEL_ABSENT,
  STATUS_NOT_RESIDENT,
  STATUS_NO_ROOM,
  STATUS_OK,
  TIER_CONTEXT,
  TIER_COUNT,
  TOKENS_ABSENT,
} from '../shared/layout';
import {
  cell1,
  cell4,
  cell8,
  flagsOf,
  isInContext,
  isLive,
  levelCell,
  levelOf,
  tierOf,
  tokensOf,
} from './columns';
import { linkTier, unlinkTier } from './lists';
import { canStand, isShare, isTime } from './pages';
import { leaveSeat, refreshSeat, takeSeat } from './seats';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { countInTier, hasRoom } from './sums';

/** Takes a page into the context as its newest; one that is there already is only touched. */
export function admit(set: i32, slot: i32, nowMs: f64): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (!isTime(nowMs)) return STATUS_BAD_VALUE;
  if (!isInContext(record, slot)) {
    if (!canStand(TIER_CONTEXT, flagsOf(record, slot))) return STATUS_NOT_RESIDENT;
    if (!hasRoom(record, tokensOf(record, slot))) return STATUS_NO_ROOM;
    leaveTier(record, slot);
    enterTier(record, slot, TIER_CONTEXT);
  }
  markAccess(record, slot, nowMs);
  return STATUS_OK;
}

/** Notes that a page was used. */
export function touch(set: i32, slot: i32, nowMs: f64): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (!isTime(nowMs)) return STATUS_BAD_VALUE;
  markAccess(record, slot, nowMs);
  return STATUS_OK;
}

/** Makes a page of the context its newest. */
export function renew(set: i32, slot: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (!isInContext(record, slot)) return STATUS_BAD_VALUE;
  // The page leaves the count as well, so that a closing of gaps in between sees seats and count agree.
  leaveTier(record, slot);
  enterTier(record, slot, TIER_CONTEXT);
  return STATUS_OK;
}

/** Moves a page to a tier below the context; `isEviction` remembers the turn, for the cooldown. */
export function moveTo(set: i32, slot: i32, tier: i32, isEviction: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (tier <= TIER_CONTEXT || tier >= TIER_COUNT) return STATUS_BAD_VALUE;
  if (!canStand(tier, flagsOf(record, slot))) return STATUS_NOT_RESIDENT;
  if (isEviction != 0) {
    store<i32>(cell4(record, SLOT_EVICT_TURN, slot), record.turn);
    noteStamp(record, record.evictHardTurns);
  }
  leaveTier(record, slot);
  enterTier(record, slot, tier);
  return STATUS_OK;
}

/** Protects a page from this turn on, as after a fault. */
export function protect(set: i32, slot: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  store<i32>(cell4(record, SLOT_FAULT_TURN, slot), record.turn);
  noteStamp(record, record.faultHardTurns);
  if (isInContext(record, slot)) refreshSeat(record, slot);
  return STATUS_OK;
}

/** Sets the flags of `on` and clears those of `off`. */
export function mark(set: i32, slot: i32, on: i32, off: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (((on | off) & ~FLAGS_SETTABLE) != 0 || (on & off) != 0) return STATUS_BAD_VALUE;
  return changeFlags(record, slot, (flagsOf(record, slot) | on) & ~off);
}

/** Clears pin flags of every page. */
export function clearPins(set: i32, flags: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if ((flags & ~FLAGS_PINNED) != 0) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  for (let slot: i32 = 0; slot < record.slotEnd; slot += 1) {
    const before: i32 = flagsOf(record, slot);
    if ((before & FLAG_LIVE) != 0 && (before & flags) != 0) {
      changeFlags(record, slot, before & ~flags);
    }
  }
  return STATUS_OK;
}

/** Sets the importance of a page, from 0 to 1. */
export function setImportance(set: i32, slot: i32, value: f64): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (!isShare(value)) return STATUS_BAD_VALUE;
  store<f64>(cell8(record, SLOT_IMPORTANCE, slot), value);
  if (isInContext(record, slot)) refreshSeat(record, slot);
  return STATUS_OK;
}

/** Sets an importance that goes before that of the page; NaN takes it back. */
export function setOverride(set: i32, slot: i32, value: f64): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (value == value && !isShare(value)) return STATUS_BAD_VALUE;
  store<f64>(cell8(record, SLOT_OVERRIDE, slot), value == value ? value : NaN);
  if (isInContext(record, slot)) refreshSeat(record, slot);
  return STATUS_OK;
}

/** Records what a page costs at a level, TOKENS_ABSENT for a representation that is gone. */
export function setLevelTokens(set: i32, slot: i32, level: i32, tokens: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (<u32>level >= <u32>LEVEL_COUNT || tokens < TOKENS_ABSENT || tokens > MAX_PAGE_TOKENS) {
    return STATUS_BAD_VALUE;
  }
  if (level != levelOf(record, slot)) {
    store<i32>(levelCell(record, slot, level), tokens);
    return STATUS_OK;
  }
  if (tokens == TOKENS_ABSENT) return STATUS_LEVEL_ABSENT;
  if (!canChangeTo(record, slot, tokens)) return STATUS_NO_ROOM;
  countInTier(record, slot, -1);
  store<i32>(levelCell(record, slot, level), tokens);
  countInTier(record, slot, 1);
  noteContent(record, slot);
  return STATUS_OK;
}

/** Shows a page at another level, less or more detailed; what grows must fit. */
export function fold(set: i32, slot: i32, level: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  if (<u32>level >= <u32>LEVEL_COUNT) return STATUS_BAD_VALUE;
  if (level == levelOf(record, slot)) return STATUS_OK;
  const tokens: i32 = load<i32>(levelCell(record, slot, level));
  if (tokens == TOKENS_ABSENT) return STATUS_LEVEL_ABSENT;
  if (!canChangeTo(record, slot, tokens)) return STATUS_NO_ROOM;
  countInTier(record, slot, -1);
  store<u8>(cell1(record, SLOT_LEVEL, slot), level);
  countInTier(record, slot, 1);
  noteContent(record, slot);
  return STATUS_OK;
}

function leaveTier(set: SetRecord, slot: i32): void {
  countInTier(set, slot, -1);
  if (!isInContext(set, slot)) {
    unlinkTier(set, slot, tierOf(set, slot));
    return;
  }
  leaveSeat(set, slot);
  set.version += 1;
}

function enterTier(set: SetRecord, slot: i32, tier: i32): void {
  if (tier != TIER_CONTEXT) {
    linkTier(set, slot, tier);
  } else {
    takeSeat(set, slot);
    set.version += 1;
  }
  store<u8>(cell1(set, SLOT_TIER, slot), tier);
  countInTier(set, slot, 1);
}

function markAccess(set: SetRecord, slot: i32, nowMs: f64): void {
  store<f64>(cell8(set, SLOT_ACCESSED, slot), nowMs);
  const count: usize = cell4(set, SLOT_ACCESS_COUNT, slot);
  const before: u32 = load<u32>(count);
  if (before != u32.MAX_VALUE) store<u32>(count, before + 1);
}

function changeFlags(set: SetRecord, slot: i32, flags: i32): i32 {
  if (!canStand(tierOf(set, slot), flags)) return STATUS_NOT_RESIDENT;
  // Pinned tokens are one of the sums.
  countInTier(set, slot, -1);
  store<u8>(cell1(set, SLOT_FLAGS, slot), flags);
  countInTier(set, slot, 1);
  if (isInContext(set, slot)) refreshSeat(set, slot);
  return STATUS_OK;
}

/** Whether a page may cost that much where it is. */
function canChangeTo(set: SetRecord, slot: i32, tokens: i32): bool {
  return !isInContext(set, slot) || hasRoom(set, tokens - tokensOf(set, slot));
}

function noteContent(set: SetRecord, slot: i32): void {
  const version: usize = cell4(set, SLOT_CONTENT_VERSION, slot);
  store<u32>(version, load<u32>(version) + 1);
  if (!isInContext(set, slot)) return;
  refreshSeat(set, slot);
  set.version += 1;
}

/** Remembers until when a scan has to look for excluded pages. */
function noteStamp(set: SetRecord, hardTurns: i32): void {
  set.hardUntil = max(set.hardUntil, set.turn + hardTurns);
}
