import {
  INDEX_NONE,
  MAX_SETS,
  PAGE_TYPE_COUNT,
  SET_CAPACITY_SHIFT,
  SET_HEADER_BYTES,
  SET_MAX_CAPACITY_SHIFT,
  SET_TIER_FIRST,
  SET_TIER_LAST,
  SET_TYPE_FIRST,
  SET_TYPE_LAST,
  SLOT_LEVEL_TOKENS,
  SLOT_STRIDE,
  SEAT_STRIDE,
  STATUS_BAD_SET,
  STATUS_BAD_VALUE,
  STATUS_NO_MEMORY,
  STATUS_OK,
  STATUS_TOO_MANY,
  TIER_COUNT,
} from '../shared/layout';
import { table4 } from './columns';
import { reserveResults, returnRegion, seatCapacityOf, takeRegion } from './regions';
import { SetRecord } from './set-record';

// An entry is the address of a set, or twice the next free entry plus one: addresses are even.
const setTable: usize = memory.data(MAX_SETS * sizeof<u32>(), 16);

let setEnd: i32 = 0;
let freeSet: i32 = INDEX_NONE;

/** The record of a set, or null when there is none of that number. */
export function findSet(set: i32): usize {
  if (<u32>set >= <u32>setEnd) return 0;
  const entry: u32 = load<u32>(entryAt(set));
  return (entry & 1) != 0 ? 0 : <usize>entry;
}

/** Opens an empty set with a budget and returns its number. */
export function openSet(totalTokens: i32, reservedTokens: i32): i32 {
  if (totalTokens < 0 || reservedTokens < 0 || reservedTokens > totalTokens) {
    return STATUS_BAD_VALUE;
  }
  if (freeSet == INDEX_NONE && setEnd >= MAX_SETS) return STATUS_TOO_MANY;
  if (reserveResults(1 << SET_CAPACITY_SHIFT) != STATUS_OK) return STATUS_NO_MEMORY;
  const region: usize = takeRegion(SET_CAPACITY_SHIFT);
  if (region == 0) return STATUS_NO_MEMORY;
  const record = changetype<SetRecord>(region);
  clearRecord(record);
  record.totalTokens = totalTokens;
  record.reservedTokens = reservedTokens;
  const set: i32 = takeNumber();
  store<u32>(entryAt(set), <u32>region);
  return set;
}

/** Closes a set; its region serves the next one. */
export function closeSet(set: i32): i32 {
  const region: usize = findSet(set);
  if (region == 0) return STATUS_BAD_SET;
  returnRegion(region, changetype<SetRecord>(region).shift);
  store<u32>(entryAt(set), ((<u32>freeSet) << 1) | 1);
  freeSet = set;
  return STATUS_OK;
}

/** Doubles the capacity of a set, which moves it. */
export function growSet(set: i32): i32 {
  const from = changetype<SetRecord>(findSet(set));
  const shift: i32 = from.shift + 1;
  if (shift > SET_MAX_CAPACITY_SHIFT) return STATUS_TOO_MANY;
  if (reserveResults(1 << shift) != STATUS_OK) return STATUS_NO_MEMORY;
  const region: usize = takeRegion(shift);
  if (region == 0) return STATUS_NO_MEMORY;
  const to = changetype<SetRecord>(region);
  memory.copy(region, changetype<usize>(from), SET_HEADER_BYTES);
  to.shift = shift;
  to.capacity = 1 << shift;
  copyColumns(from, to);
  store<u32>(entryAt(set), <u32>region);
  returnRegion(changetype<usize>(from), shift - 1);
  return STATUS_OK;
}

// Every column keeps its order and grows by the same factor, so all of them are copied by the same rule: the offset of a
// column is a number of bytes for each slot.
function copyColumns(from: SetRecord, to: SetRecord): void {
  const source: usize = changetype<usize>(from) + SET_HEADER_BYTES;
  const target: usize = changetype<usize>(to) + SET_HEADER_BYTES;
  const capacity: i32 = from.capacity;
  let column: i32 = 0;
  while (column < SLOT_STRIDE) {
    const width: i32 = slotWidth(column);
    copyColumn(target, source, capacity, column, width);
    column += width;
  }
  const seats: i32 = seatCapacityOf(capacity);
  const seatSource: usize = source + <usize>capacity * SLOT_STRIDE;
  const seatTarget: usize = target + <usize>capacity * 2 * SLOT_STRIDE;
  column = 0;
  while (column < SEAT_STRIDE) {
    const width: i32 = seatWidth(column);
    copyColumn(seatTarget, seatSource, seats, column, width);
    column += width;
  }
}

function copyColumn(target: usize, source: usize, count: i32, column: i32, width: i32): void {
  const offset: usize = <usize>count * <usize>column;
  memory.copy(target + offset * 2, source + offset, <usize>count * <usize>width);
}

function slotWidth(column: i32): i32 {
  if (column < SLOT_LEVEL_TOKENS) return 8;
  if (column == SLOT_LEVEL_TOKENS) return 16;
  return column < SLOT_STRIDE - 4 ? 4 : 1;
}

function seatWidth(column: i32): i32 {
  if (column == 0) return 8;
  return column < SEAT_STRIDE - 1 ? 4 : 1;
}

function clearRecord(record: SetRecord): void {
  memory.fill(changetype<usize>(record), 0, SET_HEADER_BYTES);
  record.shift = SET_CAPACITY_SHIFT;
  record.capacity = 1 << SET_CAPACITY_SHIFT;
  record.freeSlot = INDEX_NONE;
  for (let tier: i32 = 0; tier < TIER_COUNT; tier += 1) {
    store<i32>(table4(record, SET_TIER_FIRST, tier), INDEX_NONE);
    store<i32>(table4(record, SET_TIER_LAST, tier), INDEX_NONE);
  }
  for (let type: i32 = 0; type < PAGE_TYPE_COUNT; type += 1) {
    store<i32>(table4(record, SET_TYPE_FIRST, type), INDEX_NONE);
    store<i32>(table4(record, SET_TYPE_LAST, type), INDEX_NONE);
  }
}

function takeNumber(): i32 {
  if (freeSet == INDEX_NONE) {
    setEnd += 1;
    return setEnd - 1;
  }
  const set: i32 = freeSet;
  freeSet = (<i32>load<u32>(entryAt(set))) >> 1;
  return set;
}

function entryAt(set: i32): usize {
  return setTable + ((<usize>set) << 2);
}
