import {
  FLAG_LIVE,
  FLAGS_PINNED,
  KIND_MODALITY_SHIFT,
  KIND_TYPE_MASK,
  SET_HEADER_BYTES,
  SLOT_FLAGS,
  SLOT_KIND,
  SLOT_LEVEL,
  SLOT_LEVEL_TOKENS,
  SLOT_STRIDE,
  SLOT_TIER,
  TIER_CONTEXT,
} from '../shared/layout';
import { SetRecord } from './set-record';

/** Address of an eight-byte cell of a slot. */
export function cell8(set: SetRecord, column: i32, slot: i32): usize {
  return slotColumn(set, column) + ((<usize>slot) << 3);
}

/** Address of a four-byte cell of a slot. */
export function cell4(set: SetRecord, column: i32, slot: i32): usize {
  return slotColumn(set, column) + ((<usize>slot) << 2);
}

/** Address of a one-byte cell of a slot. */
export function cell1(set: SetRecord, column: i32, slot: i32): usize {
  return slotColumn(set, column) + <usize>slot;
}

/** Address of a column of seats. */
export function seatColumn(set: SetRecord, column: i32): usize {
  const capacity: usize = <usize>set.capacity;
  const seats: usize = capacity + (capacity >>> 2);
  return changetype<usize>(set) + SET_HEADER_BYTES + capacity * SLOT_STRIDE + seats * <usize>column;
}

/** Address of an entry of a table of eight-byte numbers in the record. */
export function table8(set: SetRecord, table: i32, index: i32): usize {
  return changetype<usize>(set) + <usize>table + ((<usize>index) << 3);
}

/** Address of an entry of a table of four-byte numbers in the record. */
export function table4(set: SetRecord, table: i32, index: i32): usize {
  return changetype<usize>(set) + <usize>table + ((<usize>index) << 2);
}

/** Whether the slot holds a page of the set. */
export function isLive(set: SetRecord, slot: i32): bool {
  return <u32>slot < <u32>set.slotEnd && (flagsOf(set, slot) & FLAG_LIVE) != 0;
}

/** The flags of a slot. */
export function flagsOf(set: SetRecord, slot: i32): i32 {
  return load<u8>(cell1(set, SLOT_FLAGS, slot));
}

/** Whether any pin holds the page. */
export function isPinned(set: SetRecord, slot: i32): bool {
  return (flagsOf(set, slot) & FLAGS_PINNED) != 0;
}

/** The tier of a page. */
export function tierOf(set: SetRecord, slot: i32): i32 {
  return load<u8>(cell1(set, SLOT_TIER, slot));
}

/** Whether a page stands in the context. */
export function isInContext(set: SetRecord, slot: i32): bool {
  return tierOf(set, slot) == TIER_CONTEXT;
}

/** The level at which a page is shown. */
export function levelOf(set: SetRecord, slot: i32): i32 {
  return load<u8>(cell1(set, SLOT_LEVEL, slot));
}

/** The type of a page. */
export function typeOf(set: SetRecord, slot: i32): i32 {
  return load<u8>(cell1(set, SLOT_KIND, slot)) & KIND_TYPE_MASK;
}

/** The modality of a page. */
export function modalityOf(set: SetRecord, slot: i32): i32 {
  return load<u8>(cell1(set, SLOT_KIND, slot)) >>> KIND_MODALITY_SHIFT;
}

/** Address of the token count of a page at a level; the four levels of a slot stand together. */
export function levelCell(set: SetRecord, slot: i32, level: i32): usize {
  return slotColumn(set, SLOT_LEVEL_TOKENS) + ((<usize>slot) << 4) + ((<usize>level) << 2);
}

/** What a page costs at its present level. */
export function tokensOf(set: SetRecord, slot: i32): i32 {
  return load<i32>(levelCell(set, slot, levelOf(set, slot)));
}

function slotColumn(set: SetRecord, column: i32): usize {
  return changetype<usize>(set) + SET_HEADER_BYTES + <usize>set.capacity * <usize>column;
}
