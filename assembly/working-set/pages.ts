import {
  FACT_ACCESSED_MS,
  FACT_ACCESS_COUNT,
  FACT_CONTENT_VERSION,
  FACT_EVICT_TURN,
  FACT_FAULT_TURN,
  FACT_FLAGS,
  FACT_IMPORTANCE,
  FACT_LEVEL,
  FACT_LEVEL_TOKENS,
  FACT_MODALITY,
  FACT_OVERRIDE,
  FACT_TIER,
  FACT_TYPE,
  FLAGS_SETTABLE,
  FLAG_LIVE,
  FLAG_RESIDENT,
  FLAG_STORED,
  INDEX_NONE,
  KIND_MODALITY_SHIFT,
  LEVEL_COUNT,
  MAX_PAGE_TOKENS,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  SLOT_ACCESSED,
  SLOT_ACCESS_COUNT,
  SLOT_CONTENT_VERSION,
  SLOT_CREATED,
  SLOT_EVICT_TURN,
  SLOT_FAULT_TURN,
  SLOT_FLAGS,
  SLOT_IMPORTANCE,
  SLOT_KIND,
  SLOT_LEVEL,
  SLOT_OVERRIDE,
  SLOT_SEAT,
  SLOT_TIER,
  SLOT_TIER_NEXT,
  STATUS_BAD_SET,
  STATUS_BAD_SLOT,
  STATUS_BAD_VALUE,
  STATUS_NO_ROOM,
  STATUS_OK,
  TIER_CONTEXT,
  TIER_COUNT,
  TIER_STORED,
  TOKENS_ABSENT,
  TURN_NEVER,
} from '../shared/layout';
import { cell1, cell4, cell8, isInContext, isLive, levelCell, tierOf, typeOf } from './columns';
import { factAt } from './facts';
import { linkTier, linkType, unlinkTier, unlinkType } from './lists';
import { leaveSeat, takeSeat } from './seats';
import { findSet, growSet } from './sets';
import { SetRecord } from './set-record';
import { countInSet, countInTier, hasRoom } from './sums';

/** Adds the page that the facts describe and returns its slot; in the context it is the newest. */
export function addPage(set: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const before = changetype<SetRecord>(at);
  if (!areFactsValid(before)) return STATUS_BAD_VALUE;
  const tokens: i32 = <i32>factAt(FACT_LEVEL_TOKENS + <i32>factAt(FACT_LEVEL));
  if (<i32>factAt(FACT_TIER) == TIER_CONTEXT && !hasRoom(before, tokens)) return STATUS_NO_ROOM;
  if (before.freeSlot == INDEX_NONE && before.slotEnd == before.capacity) {
    const status: i32 = growSet(set);
    if (status != STATUS_OK) return status;
  }
  const record = changetype<SetRecord>(findSet(set));
  const slot: i32 = takeSlot(record);
  writeFacts(record, slot);
  store<u32>(cell4(record, SLOT_CREATED, slot), record.nextCreated);
  record.nextCreated += 1;
  if (isInContext(record, slot)) {
    takeSeat(record, slot);
    record.version += 1;
  } else {
    linkTier(record, slot, tierOf(record, slot));
  }
  noteLatestStamp(record);
  linkType(record, slot, typeOf(record, slot));
  countInSet(record, slot, 1);
  countInTier(record, slot, 1);
  return slot;
}

/** Removes a page, wherever it is; its slot serves the next one. */
export function removePage(set: i32, slot: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (!isLive(record, slot)) return STATUS_BAD_SLOT;
  countInTier(record, slot, -1);
  countInSet(record, slot, -1);
  unlinkType(record, slot, typeOf(record, slot));
  if (isInContext(record, slot)) {
    leaveSeat(record, slot);
    record.version += 1;
  } else {
    unlinkTier(record, slot, tierOf(record, slot));
  }
  store<u8>(cell1(record, SLOT_FLAGS, slot), 0);
  store<i32>(cell4(record, SLOT_TIER_NEXT, slot), record.freeSlot);
  record.freeSlot = slot;
  return STATUS_OK;
}

/** A page may bring the memory of a fault or an eviction along, so scans have to look for it. */
function noteLatestStamp(set: SetRecord): void {
  const fault: f64 = factAt(FACT_FAULT_TURN) + <f64>set.faultHardTurns;
  const evict: f64 = factAt(FACT_EVICT_TURN) + <f64>set.evictHardTurns;
  set.hardUntil = max(set.hardUntil, <i32>max(fault, evict));
}

function takeSlot(set: SetRecord): i32 {
  const free: i32 = set.freeSlot;
  if (free != INDEX_NONE) {
    set.freeSlot = load<i32>(cell4(set, SLOT_TIER_NEXT, free));
    return free;
  }
  set.slotEnd += 1;
  return set.slotEnd - 1;
}

function writeFacts(set: SetRecord, slot: i32): void {
  const kind: i32 =
    (<i32>factAt(FACT_TYPE)) | ((<i32>factAt(FACT_MODALITY)) << KIND_MODALITY_SHIFT);
  store<u8>(cell1(set, SLOT_KIND, slot), kind);
  store<u8>(cell1(set, SLOT_TIER, slot), <i32>factAt(FACT_TIER));
  store<u8>(cell1(set, SLOT_LEVEL, slot), <i32>factAt(FACT_LEVEL));
  store<u8>(cell1(set, SLOT_FLAGS, slot), (<i32>factAt(FACT_FLAGS)) | FLAG_LIVE);
  store<f64>(cell8(set, SLOT_IMPORTANCE, slot), factAt(FACT_IMPORTANCE));
  store<f64>(cell8(set, SLOT_OVERRIDE, slot), factAt(FACT_OVERRIDE));
  store<f64>(cell8(set, SLOT_ACCESSED, slot), factAt(FACT_ACCESSED_MS));
  for (let level: i32 = 0; level < LEVEL_COUNT; level += 1) {
    store<i32>(levelCell(set, slot, level), <i32>factAt(FACT_LEVEL_TOKENS + level));
  }
  store<u32>(cell4(set, SLOT_ACCESS_COUNT, slot), <u32>factAt(FACT_ACCESS_COUNT));
  store<i32>(cell4(set, SLOT_FAULT_TURN, slot), <i32>factAt(FACT_FAULT_TURN));
  store<i32>(cell4(set, SLOT_EVICT_TURN, slot), <i32>factAt(FACT_EVICT_TURN));
  store<u32>(cell4(set, SLOT_CONTENT_VERSION, slot), <u32>factAt(FACT_CONTENT_VERSION));
  store<i32>(cell4(set, SLOT_SEAT, slot), INDEX_NONE);
}

function areFactsValid(set: SetRecord): bool {
  return areOrdinalsValid() && areNumbersValid(set) && areLevelsValid();
}

function areOrdinalsValid(): bool {
  if (!isWhole(factAt(FACT_TYPE), 0, PAGE_TYPE_COUNT - 1)) return false;
  if (!isWhole(factAt(FACT_MODALITY), 0, MODALITY_COUNT - 1)) return false;
  if (!isWhole(factAt(FACT_TIER), TIER_CONTEXT, TIER_COUNT - 1)) return false;
  if (!isWhole(factAt(FACT_FLAGS), 0, FLAGS_SETTABLE)) return false;
  const flags: i32 = <i32>factAt(FACT_FLAGS);
  return (flags & ~FLAGS_SETTABLE) == 0 && canStand(<i32>factAt(FACT_TIER), flags);
}

function areNumbersValid(set: SetRecord): bool {
  const given: f64 = factAt(FACT_OVERRIDE);
  if (given == given && !isShare(given)) return false;
  if (!isShare(factAt(FACT_IMPORTANCE)) || !isTime(factAt(FACT_ACCESSED_MS))) return false;
  if (!isWhole(factAt(FACT_ACCESS_COUNT), 0, <f64>u32.MAX_VALUE)) return false;
  if (!isWhole(factAt(FACT_CONTENT_VERSION), 0, <f64>u32.MAX_VALUE)) return false;
  return isPastTurn(set, factAt(FACT_FAULT_TURN)) && isPastTurn(set, factAt(FACT_EVICT_TURN));
}

function areLevelsValid(): bool {
  const level: f64 = factAt(FACT_LEVEL);
  if (!isWhole(level, 0, LEVEL_COUNT - 1)) return false;
  for (let index: i32 = 0; index < LEVEL_COUNT; index += 1) {
    if (!isWhole(factAt(FACT_LEVEL_TOKENS + index), TOKENS_ABSENT, MAX_PAGE_TOKENS)) return false;
  }
  return factAt(FACT_LEVEL_TOKENS + <i32>level) != <f64>TOKENS_ABSENT;
}

/** Whether a page with these flags may be in a tier: in the upper two its content is at hand, in the lower two it is not lost. */
export function canStand(tier: i32, flags: i32): bool {
  if ((flags & FLAG_RESIDENT) != 0 || tier == TIER_STORED) return true;
  return tier > TIER_STORED && (flags & FLAG_STORED) != 0;
}

function isPastTurn(set: SetRecord, turn: f64): bool {
  return turn == <f64>TURN_NEVER || isWhole(turn, 0, <f64>set.turn);
}

/** Whether a number is whole and in a range; written so that NaN is not. */
function isWhole(value: f64, least: f64, most: f64): bool {
  return value >= least && value <= most && floor(value) == value;
}

/** Whether a number is between 0 and 1. */
export function isShare(value: f64): bool {
  return value >= 0 && value <= 1;
}

/** Whether a number can be a time in milliseconds; beyond 2^53 two times may be one. */
export function isTime(value: f64): bool {
  return value >= 0 && value <= 9007199254740991;
}
