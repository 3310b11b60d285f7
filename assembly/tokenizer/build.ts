import { Arena } from './arena';
import { Bits } from './bits';
import { Bytes } from './bytes';
import { Hash, hashLong } from './hash';
import { noteLength } from './token-lengths';
import { addTokenPair } from './pairs';
import { addToBuckets, resetBuckets } from './token-buckets';
import { addMiddle, addShort } from './token-lines';
import { region, textAt } from './state';
import {
  BYTE_RANKS_AT,
  CHAR_JOINTS_AT,
  CHAR_PAIRS_AT,
  CHAR_RANKS_AT,
  CONTROL_LONGEST,
  CONTROL_TOKENS,
  LEAD_JOINTS_AT,
  LONG_BYTES_AT,
  LONG_BYTES_END,
  MAX_TOKEN_BYTES,
  MAX_TOKENS,
  MERGE_BYTES,
  PAIR_RANKS_AT,
  RAGGED,
  RAGGED_JOINTS_AT,
  SPLITS_AT,
  STATUS_BAD_ARGUMENT,
  STATUS_BAD_TABLE,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  TRAIL_JOINTS_AT,
  WINDOW_BYTES,
} from '../shared/tokenizer-layout';

// Builds all tables from the merges: token n is the bytes of its left part and then those of its right part, and the parts
// always come first. So the bytes, the splits and the tables of joints are there without a single search.

const RANK_BITS: u64 = 20;
const RANK: u64 = 0xfffff;
const PARTS: u64 = 0xffffffffff;
const SLOT_BYTES: i32 = 16;

/** Where the next token of 16 bytes and more goes. */
let longTop: usize = LONG_BYTES_AT;

/** Takes the tokens of one byte each from the window: 256 bytes in rank order. */
export function addSingleBytes(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  memory.fill(PAIR_RANKS_AT, 0xff, 65536 << 2);
  longTop = LONG_BYTES_AT;
  resetBuckets();
  for (let rank: u32 = 0; rank < 256; rank++) {
    const byte: u32 = load<u8>(textAt + rank);
    const slot: usize = Arena.slot(rank);
    store<u64>(slot, byte);
    store<u64>(slot, 0, 8);
    Arena.setLength(slot, 1);
    store<u16>(<usize>BYTE_RANKS_AT + ((<usize>byte) << 1), rank);
  }
  store<u32>(CONTROL_TOKENS, 256);
  return addToVocabulary(0, 256);
}

/**
 * Takes merges from the window in rank order, {left part: 20, right part: 20} each. A table after the other: what a loop waits for
 * comes from afar, and a short one has several tokens under way at once.
 */
export function addMerges(count: i32): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  if (count < 0 || count > WINDOW_BYTES / MERGE_BYTES) return STATUS_BAD_ARGUMENT;
  const from: u32 = load<u32>(CONTROL_TOKENS);
  const to: u32 = from + <u32>count;
  if (from < 256 || to > <u32>MAX_TOKENS) return STATUS_BAD_TABLE;
  for (let rank: u32 = from; rank < to; rank++) {
    const merge: usize = textAt + <usize>(rank - from) * MERGE_BYTES;
    const status: i32 = addMerge(rank, load<u64>(merge) & PARTS);
    if (status != STATUS_OK) return status;
  }
  const status: i32 = addToVocabulary(from, to);
  if (status != STATUS_OK) return status;
  addPairs(from, to);
  addJoints(from, to);
  addBeginnings(from, to);
  store<u32>(CONTROL_TOKENS, to);
  return STATUS_OK;
}

/** Puts the bytes of both parts together. */
function addMerge(rank: u32, parts: u64): i32 {
  const left: u32 = <u32>(parts & RANK);
  const right: u32 = <u32>(parts >> RANK_BITS);
  if (left >= rank || right >= rank) return STATUS_BAD_TABLE;
  const leftSlot: usize = Arena.slot(left);
  const rightSlot: usize = Arena.slot(right);
  const leftBytes: i32 = Arena.length(leftSlot);
  const rightBytes: i32 = Arena.length(rightSlot);
  const length: i32 = leftBytes + rightBytes;
  const slot: usize = Arena.slot(rank);
  if (length < SLOT_BYTES) {
    // What the second copy writes beyond the slot, the next token overwrites.
    copySlot(slot, leftSlot);
    copySlot(slot + leftBytes, rightSlot);
  } else {
    const end: usize = longTop + <usize>length + SLOT_BYTES;
    if (length > MAX_TOKEN_BYTES || end > <usize>LONG_BYTES_END) return STATUS_BAD_TABLE;
    memory.copy(longTop, Arena.bytes(leftSlot, leftBytes), leftBytes);
    memory.copy(longTop + leftBytes, Arena.bytes(rightSlot, rightBytes), rightBytes);
    store<u64>(slot, longTop);
    store<u64>(slot, 0, 8);
    longTop += length;
  }
  Arena.setLength(slot, length);
  store<u64>(
    <usize>SPLITS_AT + ((<usize>rank) << 3),
    parts | ((<u64>leftBytes) << 40) | ((<u64>rightBytes) << 48),
  );
  return STATUS_OK;
}

function copySlot(to: usize, from: usize): void {
  const last: u64 = load<u64>(from, 8);
  store<u64>(to, load<u64>(from));
  store<u64>(to, last, 8);
}

/** Puts tokens where their bytes are looked for. */
function addToVocabulary(from: u32, to: u32): i32 {
  let longest: i32 = load<i32>(CONTROL_LONGEST);
  for (let rank: u32 = from; rank < to; rank++) {
    const slot: usize = Arena.slot(rank);
    const length: i32 = Arena.length(slot);
    longest = max(longest, length);
    if (!addByBytes(rank, slot, length)) return STATUS_BAD_TABLE;
  }
  store<i32>(CONTROL_LONGEST, longest);
  return STATUS_OK;
}

/** False when there is no room. */
function addByBytes(rank: u32, slot: usize, length: i32): bool {
  const low: u64 = load<u64>(slot);
  if (length < 8) {
    const product: u64 = Hash.rough(low | ((<u64>length) << 56));
    return addShort(product, rank) || addToBuckets(Hash.fold(product), rank);
  }
  if (length < SLOT_BYTES) {
    const product: u64 = Hash.middle(low, load<u64>(slot, 8));
    return addMiddle(low, product, rank) || addToBuckets(Hash.fold(product), rank);
  }
  return addToBuckets(hashLong(<usize>low, length), rank);
}

function addPairs(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const parts: u64 = load<u64>(<usize>SPLITS_AT + ((<usize>rank) << 3));
    addTokenPair(<u32>(parts & RANK), <u32>((parts >> RANK_BITS) & RANK), rank);
  }
}

function addJoints(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const split: usize = <usize>SPLITS_AT + ((<usize>rank) << 3);
    const leftBytes: i32 = load<u8>(split, 5);
    const rightBytes: i32 = load<u8>(split, 6);
    const bytes: usize = Arena.bytes(Arena.slot(rank), leftBytes + rightBytes);
    addJoint(bytes + leftBytes, leftBytes, rightBytes);
  }
}

/** Notes tokens where it is looked for what begins with some bytes. */
function addBeginnings(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const slot: usize = Arena.slot(rank);
    const length: i32 = Arena.length(slot);
    const bytes: usize = Arena.bytes(slot, length);
    if (length == 2) addPair(rank, bytes);
    if (length >= 3) addChars(rank, bytes, length);
    if (length >= 4) noteLength(bytes, length);
  }
}

function addPair(rank: u32, bytes: usize): void {
  const pair: usize = ((<usize>load<u8>(bytes)) << 8) | (<usize>load<u8>(bytes, 1));
  store<u32>(<usize>PAIR_RANKS_AT + (pair << 2), rank);
}

/** Notes a token that begins with a whole code point of three bytes. */
function addChars(rank: u32, bytes: usize, length: i32): void {
  if (!Bytes.leadsThree(load<u8>(bytes)) || !Bytes.continues(load<u8>(bytes, 2))) return;
  const at: usize = <usize>CHAR_RANKS_AT + ((<usize>Bytes.codePointOfThree(bytes)) << 2);
  if (length == 3) {
    store<u32>(at, load<u32>(at) | (rank + 1));
    return;
  }
  if (!Bytes.leadsThree(load<u8>(bytes, 3))) return;
  if (length < 6) {
    store<u32>(at, load<u32>(at) | RAGGED);
    return;
  }
  addCharPair(bytes, length == 6 ? (<u64>(rank + 1)) << 32 : (<u64>1) << 63);
}

function addCharPair(bytes: usize, note: u64): void {
  const key: u32 = (Bytes.codePointOfThree(bytes) << 16) | Bytes.codePointOfThree(bytes + 3);
  let slot: usize = Hash.word(key, 16);
  while (true) {
    const at: usize = <usize>CHAR_PAIRS_AT + (slot << 3);
    const entry: u64 = load<u64>(at);
    if (entry == 0 || <u32>entry == key) {
      store<u64>(at, entry | (<u64>key) | note);
      return;
    }
    slot = (slot + 1) & 0xffff;
  }
}

/** Notes between which bytes parts are joined inside a code point of two bytes, and before one of three. */
function addJoint(joint: usize, leftBytes: i32, rightBytes: i32): void {
  if (rightBytes == 1) Bits.set(LEAD_JOINTS_AT, Bytes.joint(joint));
  if (leftBytes == 1) Bits.set(TRAIL_JOINTS_AT, Bytes.joint(joint));
  const before: u32 = load<u8>(joint - 1);
  const after: u32 = load<u8>(joint);
  if (!Bytes.leadsThree(after) || before < 0x80) return;
  if (leftBytes >= 3 && rightBytes >= 3 && Bytes.leadsThree(load<u8>(joint - 3))) {
    Bits.set(CHAR_JOINTS_AT, Hash.joint(joint));
    return;
  }
  Bits.set(RAGGED_JOINTS_AT, (before << 8) | after);
}
