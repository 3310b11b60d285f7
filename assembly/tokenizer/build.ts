import { Arena } from './arena';
import { addBeginnings, addJoints } from './beginnings';
import { Partitions } from './partitions';
import { clearPairRecords, placePairs, takePairs } from './place-pairs';
import { clearRecords, placeMiddle, placeShort, takeLonger, takeShort } from './place-tokens';
import { region } from './state';
import { resetBuckets } from './token-buckets';
import {
  BYTE_RANKS_AT,
  CONTROL_LONGEST,
  CONTROL_TOKENS,
  LONG_BYTES_AT,
  LONG_BYTES_END,
  MAX_TOKEN_BYTES,
  MAX_TOKENS,
  MAX_VOCABULARY_BYTES,
  MERGE_BYTES,
  PAIR_RANKS_AT,
  SINGLE_BYTES,
  SPLITS_AT,
  STATUS_BAD_ARGUMENT,
  STATUS_BAD_TABLE,
  STATUS_MORE,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  VOCABULARY_AT,
} from '../shared/tokenizer-layout';

// Builds all tables from the merges: token n is the bytes of its left part and then those of its right part, and the parts
// always come first. So the bytes, the splits and the tables of joints are there without a single search.

const RANK_BITS: u64 = 20;
const RANK: u64 = 0xfffff;
const PARTS: u64 = 0xffffffffff;
const SLOT_BYTES: i32 = 16;

/** Few, so that what a step has read is near for the next one, and V8 soon takes the optimised form of what a step calls. */
const STEP_TOKENS: u32 = 1024;

// What is built one after the other: what a loop waits for comes from afar, and a short one has several tokens under way at once.
const MERGES: i32 = 0;
const LONGER: i32 = 1;
const SHORT: i32 = 2;
const PAIRS: i32 = 3;
const BEGINNINGS: i32 = 4;
const READY: i32 = 5;
const IDLE: i32 = -1;

let stage: i32 = IDLE;
let tokens: u32 = 0;
/** How far the stage has come: tokens that are taken, and runs that are placed then. */
let nextRank: u32 = 0;
let nextRun: usize = 0;
/** Where the next token of 16 bytes and more goes. */
let longTop: usize = LONG_BYTES_AT;

/** Begins with the tables of a vocabulary, whose file is at VOCABULARY_AT, in a memory that has none yet. */
export function beginTables(byteLength: i32): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  if (byteLength < SINGLE_BYTES || byteLength > MAX_VOCABULARY_BYTES) return STATUS_BAD_ARGUMENT;
  const merges: i32 = (byteLength - SINGLE_BYTES) / MERGE_BYTES;
  tokens = <u32>(SINGLE_BYTES + merges);
  const isWhole: bool = merges * MERGE_BYTES == byteLength - SINGLE_BYTES;
  if (!isWhole || tokens > <u32>MAX_TOKENS || load<u32>(CONTROL_TOKENS) != 0)
    return STATUS_BAD_TABLE;
  store<u32>(CONTROL_TOKENS, tokens);
  memory.fill(PAIR_RANKS_AT, 0xff, 65536 << 2);
  longTop = LONG_BYTES_AT;
  resetBuckets();
  Partitions.reset();
  addSingleBytes();
  stage = MERGES;
  nextRank = SINGLE_BYTES;
  nextRun = 0;
  return STATUS_OK;
}

function addSingleBytes(): void {
  for (let rank: u32 = 0; rank < <u32>SINGLE_BYTES; rank++) {
    const byte: u32 = load<u8>(<usize>VOCABULARY_AT + rank);
    const slot: usize = Arena.slot(rank);
    store<u64>(slot, byte);
    store<u64>(slot, 0, 8);
    Arena.setLength(slot, 1);
    store<u16>(<usize>BYTE_RANKS_AT + ((<usize>byte) << 1), rank);
  }
}

/** Does some of what is left to do: STATUS_MORE until all tables are ready, STATUS_OK then. */
export function buildStep(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  if (stage == READY) return STATUS_OK;
  if (stage == IDLE) return STATUS_BAD_TABLE;
  if (goOn()) return STATUS_MORE;
  stage = IDLE;
  return STATUS_BAD_TABLE;
}

/** False for a vocabulary that these tables cannot hold. */
function goOn(): bool {
  if (nextRank < tokens) {
    const from: u32 = nextRank;
    nextRank = min(from + STEP_TOKENS, tokens);
    return takeTokens(from, nextRank);
  }
  if (Partitions.has(nextRun)) return placeRun(nextRun++);
  if (stage == SHORT) clearRecords();
  if (stage == PAIRS) clearPairRecords();
  stage++;
  nextRank = stage == LONGER || stage == SHORT ? 0 : SINGLE_BYTES;
  nextRun = 0;
  return true;
}

function takeTokens(from: u32, to: u32): bool {
  if (stage == MERGES) return addMerges(from, to);
  if (stage == LONGER) return takeLonger(from, to);
  if (stage == SHORT) return takeShort(from, to);
  if (stage == PAIRS) takePairs(from, to);
  if (stage == BEGINNINGS) {
    addJoints(from, to);
    addBeginnings(from, to);
  }
  return true;
}

function placeRun(run: usize): bool {
  if (stage == LONGER) return placeMiddle(run);
  if (stage == SHORT) return placeShort(run);
  if (stage == PAIRS) placePairs(run);
  return true;
}

function addMerges(from: u32, to: u32): bool {
  const merges: usize = <usize>VOCABULARY_AT + SINGLE_BYTES;
  for (let rank: u32 = from; rank < to; rank++) {
    const parts: u64 = load<u64>(merges + <usize>(rank - SINGLE_BYTES) * MERGE_BYTES) & PARTS;
    if (!addMerge(rank, parts)) return false;
  }
  return true;
}

/** Puts the bytes of both parts together. */
function addMerge(rank: u32, parts: u64): bool {
  const left: u32 = <u32>(parts & RANK);
  const right: u32 = <u32>(parts >> RANK_BITS);
  if (left >= rank || right >= rank) return false;
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
    if (length > MAX_TOKEN_BYTES || end > <usize>LONG_BYTES_END) return false;
    memory.copy(longTop, Arena.bytes(leftSlot, leftBytes), leftBytes);
    memory.copy(longTop + leftBytes, Arena.bytes(rightSlot, rightBytes), rightBytes);
    store<u64>(slot, longTop);
    store<u64>(slot, 0, 8);
    longTop += length;
  }
  Arena.setLength(slot, length);
  if (length > load<i32>(CONTROL_LONGEST)) store<i32>(CONTROL_LONGEST, length);
  store<u64>(
    <usize>SPLITS_AT + ((<usize>rank) << 3),
    parts | ((<u64>leftBytes) << 40) | ((<u64>rightBytes) << 48),
  );
  return true;
}

function copySlot(to: usize, from: usize): void {
  const last: u64 = load<u64>(from, 8);
  store<u64>(to, load<u64>(from));
  store<u64>(to, last, 8);
}
