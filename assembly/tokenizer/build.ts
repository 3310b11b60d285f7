import { Bits } from './bits';
import { Bytes } from './bytes';
import { Hash, hashOf } from './hash';
import { noteLength } from './token-lengths';
import { addTokenPair } from './pairs';
import { bucketEntry, bucketOf, nextBucket } from './vocabulary';
import { region, textAt } from './state';
import {
  ADDRESSES,
  ARENA_END,
  BLOOM_AT,
  BUCKETS_AT,
  BYTE_RANKS_AT,
  CHAR_JOINTS_AT,
  CHAR_PAIRS_AT,
  CHAR_RANKS_AT,
  CONTROL_LONGEST,
  CONTROL_TOKENS,
  FIRST_TOKEN_AT,
  LEAD_JOINTS_AT,
  MAX_TOKEN_BYTES,
  MAX_TOKENS,
  PAIR_RANKS_AT,
  RAGGED,
  RAGGED_JOINTS_AT,
  SPLITS_AT,
  STATUS_BAD_ARGUMENT,
  STATUS_BAD_TABLE,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  TOKEN_HEADER_BYTES,
  TRAIL_JOINTS_AT,
  TRIPLE_RANKS_AT,
  WINDOW_BYTES,
} from '../shared/tokenizer-layout';

// Builds all tables from the merges: token n is the bytes of its left part and then those of its right part, and the parts
// always come first. So the bytes, the splits and the tables of joints are there without a single search.

const HEADER: usize = TOKEN_HEADER_BYTES;

let arenaTop: usize = FIRST_TOKEN_AT;

/** Takes the tokens of one byte each from the window: 256 bytes in rank order. */
export function addSingleBytes(): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  memory.fill(PAIR_RANKS_AT, 0xff, 65536 << 2);
  arenaTop = FIRST_TOKEN_AT;
  for (let rank: u32 = 0; rank < 256; rank++) {
    const byte: u32 = load<u8>(textAt + rank);
    store<u8>(arenaTop + HEADER, byte);
    store<u16>(<usize>BYTE_RANKS_AT + ((<usize>byte) << 1), rank);
    addToken(rank, 1);
  }
  store<u32>(CONTROL_TOKENS, 256);
  return STATUS_OK;
}

/** Takes merges from the window, two ranks of 32 bits each, in rank order. */
export function addMerges(count: i32): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  if (count < 0 || count > WINDOW_BYTES / 8) return STATUS_BAD_ARGUMENT;
  const from: u32 = load<u32>(CONTROL_TOKENS);
  for (let index: u32 = 0; index < <u32>count; index++) {
    const merge: usize = textAt + ((<usize>index) << 3);
    const status: i32 = addMerge(from + index, load<u32>(merge), load<u32>(merge, 4));
    if (status != STATUS_OK) return status;
  }
  store<u32>(CONTROL_TOKENS, from + <u32>count);
  return STATUS_OK;
}

function addMerge(rank: u32, left: u32, right: u32): i32 {
  if (rank < 256 || rank >= <u32>MAX_TOKENS || left >= rank || right >= rank)
    return STATUS_BAD_TABLE;
  const leftToken: usize = tokenAddress(left);
  const rightToken: usize = tokenAddress(right);
  const leftBytes: i32 = load<u8>(leftToken, 3);
  const rightBytes: i32 = load<u8>(rightToken, 3);
  const length: i32 = leftBytes + rightBytes;
  if (length > MAX_TOKEN_BYTES) return STATUS_BAD_TABLE;
  if (arenaTop + HEADER + <usize>length + 8 > <usize>ARENA_END) return STATUS_BAD_TABLE;
  const bytes: usize = arenaTop + HEADER;
  copyWords(bytes, leftToken + HEADER, leftBytes);
  copyWords(bytes + leftBytes, rightToken + HEADER, rightBytes);
  const parts: u64 = (<u64>left) | ((<u64>right) << 20);
  store<u64>(
    <usize>SPLITS_AT + ((<usize>rank) << 3),
    parts | ((<u64>leftBytes) << 40) | ((<u64>rightBytes) << 48),
  );
  addJoint(bytes + leftBytes, leftBytes, rightBytes);
  addTokenPair(left, right, rank);
  addToken(rank, length);
  return STATUS_OK;
}

/**
 * Copies bytes eight at a time, and up to seven more than asked for, which whatever comes next overwrites. Parts are short, and
 * with calls of `memory.copy` the tables took 15 % longer.
 */
function copyWords(to: usize, from: usize, length: i32): void {
  for (let done: i32 = 0; done < length; done += 8) store<u64>(to + done, load<u64>(from + done));
}

function tokenAddress(rank: u32): usize {
  return <usize>load<u32>(region + ADDRESSES + ((<usize>rank) << 2));
}

/** Puts the token whose bytes lie at the top of the arena into all tables. */
function addToken(rank: u32, length: i32): void {
  const bytes: usize = arenaTop + HEADER;
  store<u32>(arenaTop, rank | ((<u32>length) << 24));
  store<u32>(region + ADDRESSES + ((<usize>rank) << 2), <u32>arenaTop);
  if (<u32>length > load<u32>(CONTROL_LONGEST)) store<u32>(CONTROL_LONGEST, length);
  const hash: u64 = hashOf(bytes, length);
  Bits.set(BLOOM_AT, (<u32>hash) & 0x1fffff);
  addToBucket(hash);
  if (length == 2) addPair(rank, bytes);
  if (length == 3) addTriple(rank, bytes);
  if (length >= 3) addChars(rank, bytes, length);
  if (length >= 4) noteLength(bytes, length);
  arenaTop = (bytes + length + 1) & ~1;
}

function addToBucket(hash: u64): void {
  let bucket: usize = bucketOf(hash);
  while (load<u32>(<usize>BUCKETS_AT + (bucket << 6), 60) != 0) bucket = nextBucket(bucket);
  let slot: usize = <usize>BUCKETS_AT + (bucket << 6);
  while (load<u32>(slot) != 0) slot += 4;
  store<u32>(slot, bucketEntry(hash, arenaTop));
}

function addPair(rank: u32, bytes: usize): void {
  const pair: usize = ((<usize>load<u8>(bytes)) << 8) | (<usize>load<u8>(bytes, 1));
  store<u32>(<usize>PAIR_RANKS_AT + (pair << 2), rank);
}

function addTriple(rank: u32, bytes: usize): void {
  const key: u32 = load<u32>(bytes) & 0xffffff;
  let slot: usize = Hash.word(key, 15);
  while (load<u64>(<usize>TRIPLE_RANKS_AT + (slot << 3)) != 0) slot = (slot + 1) & 0x7fff;
  store<u64>(<usize>TRIPLE_RANKS_AT + (slot << 3), (<u64>key) | ((<u64>(rank + 1)) << 24));
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
