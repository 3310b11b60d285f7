import { Bits } from './bits';
import { Bytes } from './bytes';
import { Hash, hashLong } from './hash';
import { noteLength } from './token-lengths';
import { addTokenPair } from './pairs';
import { addToBuckets } from './token-buckets';
import { addMiddle, addShort } from './token-lines';
import { region, textAt } from './state';
import {
  ADDRESSES,
  ARENA_END,
  BYTE_RANKS_AT,
  CHAR_JOINTS_AT,
  CHAR_PAIRS_AT,
  CHAR_RANKS_AT,
  CONTROL_LONGEST,
  CONTROL_TOKENS,
  FIRST_TOKEN_AT,
  LEAD_JOINTS_AT,
  MAX_TOKEN_BYTES,
  MERGE_BYTES,
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
  WINDOW_BYTES,
} from '../shared/tokenizer-layout';

// Builds all tables from the merges: token n is the bytes of its left part and then those of its right part, and the parts
// always come first. So the bytes, the splits and the tables of joints are there without a single search.

const HEADER: usize = TOKEN_HEADER_BYTES;
const RANK_BITS: u64 = 20;
const RANK: u64 = 0xfffff;
const PARTS: u64 = 0xffffffffff;
const COPIED: i32 = 16;

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
    closeToken(rank, 1);
  }
  addToVocabulary(FIRST_TOKEN_AT);
  store<u32>(CONTROL_TOKENS, 256);
  return STATUS_OK;
}

/**
 * Takes merges from the window in rank order, {left part: 20, right part: 20} each. A table after the other: what a loop waits for
 * comes from afar, and a short one has many tokens under way at once. All tables are built in two thirds of the time.
 */
export function addMerges(count: i32): i32 {
  if (region == 0) return STATUS_NOT_ATTACHED;
  if (count < 0 || count > WINDOW_BYTES / MERGE_BYTES) return STATUS_BAD_ARGUMENT;
  const from: u32 = load<u32>(CONTROL_TOKENS);
  const first: usize = arenaTop;
  for (let index: u32 = 0; index < <u32>count; index++) {
    const merge: usize = textAt + <usize>index * MERGE_BYTES;
    const status: i32 = addMerge(from + index, load<u64>(merge) & PARTS);
    if (status != STATUS_OK) return status;
  }
  const to: u32 = from + <u32>count;
  addToVocabulary(first);
  addPairs(from, to);
  addJoints(first, from);
  addBeginnings(first);
  store<u32>(CONTROL_TOKENS, to);
  return STATUS_OK;
}

/** Puts the bytes of both parts together at the top of the arena. */
function addMerge(rank: u32, parts: u64): i32 {
  const left: u32 = <u32>(parts & RANK);
  const right: u32 = <u32>(parts >> RANK_BITS);
  if (rank < 256 || rank >= <u32>MAX_TOKENS || left >= rank || right >= rank)
    return STATUS_BAD_TABLE;
  const leftToken: usize = tokenAddress(left);
  const rightToken: usize = tokenAddress(right);
  const leftBytes: i32 = load<u8>(leftToken, 3);
  const rightBytes: i32 = load<u8>(rightToken, 3);
  const length: i32 = leftBytes + rightBytes;
  if (length > MAX_TOKEN_BYTES) return STATUS_BAD_TABLE;
  if (arenaTop + HEADER + <usize>length + COPIED > <usize>ARENA_END) return STATUS_BAD_TABLE;
  const bytes: usize = arenaTop + HEADER;
  copyBytes(bytes, leftToken + HEADER, leftBytes);
  copyBytes(bytes + leftBytes, rightToken + HEADER, rightBytes);
  store<u64>(
    <usize>SPLITS_AT + ((<usize>rank) << 3),
    parts | ((<u64>leftBytes) << 40) | ((<u64>rightBytes) << 48),
  );
  closeToken(rank, length);
  return STATUS_OK;
}

/**
 * Copies sixteen bytes at a time, and up to fifteen more than asked for, which whatever comes next overwrites. Parts are short, and
 * with calls of `memory.copy` the tables took 15 % longer.
 */
function copyBytes(to: usize, from: usize, length: i32): void {
  for (let done: i32 = 0; done < length; done += COPIED) {
    store<u64>(to + done, load<u64>(from + done));
    store<u64>(to + done, load<u64>(from + done, 8), 8);
  }
}

function tokenAddress(rank: u32): usize {
  return <usize>load<u32>(region + ADDRESSES + ((<usize>rank) << 2));
}

/** Makes the bytes at the top of the arena a token. */
function closeToken(rank: u32, length: i32): void {
  store<u32>(arenaTop, rank | ((<u32>length) << 24));
  store<u32>(region + ADDRESSES + ((<usize>rank) << 2), <u32>arenaTop);
  arenaTop = Arena.next(arenaTop, length);
}

/** Tokens in rank order; methods, because these are inlined in loops over all of them. */
class Arena {
  @inline
  static rank(token: usize): u32 {
    return load<u32>(token) & 0xffffff;
  }

  @inline
  static length(token: usize): i32 {
    return load<u8>(token, 3);
  }

  @inline
  static next(token: usize, length: i32): usize {
    return (token + HEADER + length + 1) & ~1;
  }
}

/** Puts all tokens from one on where their bytes are looked for. */
function addToVocabulary(first: usize): void {
  let longest: i32 = load<i32>(CONTROL_LONGEST);
  for (let token: usize = first; token < arenaTop;) {
    const length: i32 = Arena.length(token);
    addByBytes(token, length);
    longest = max(longest, length);
    token = Arena.next(token, length);
  }
  store<i32>(CONTROL_LONGEST, longest);
}

function addByBytes(token: usize, length: i32): void {
  const bytes: usize = token + HEADER;
  if (length < 8) {
    const product: u64 = Hash.rough(Bytes.shortKey(bytes, length));
    if (!addShort(product, Arena.rank(token))) addToBuckets(Hash.fold(product), token);
  } else if (length < 16) {
    const product: u64 = Hash.middle(load<u64>(bytes), Bytes.middleKey(bytes, length));
    if (!addMiddle(bytes, product, Arena.rank(token))) addToBuckets(Hash.fold(product), token);
  } else {
    addToBuckets(hashLong(bytes, length), token);
  }
}

function addPairs(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const parts: u64 = load<u64>(<usize>SPLITS_AT + ((<usize>rank) << 3));
    addTokenPair(<u32>(parts & RANK), <u32>((parts >> RANK_BITS) & RANK), rank);
  }
}

function addJoints(first: usize, from: u32): void {
  let rank: u32 = from;
  for (let token: usize = first; token < arenaTop; rank++) {
    const split: usize = <usize>SPLITS_AT + ((<usize>rank) << 3);
    const leftBytes: i32 = load<u8>(split, 5);
    const rightBytes: i32 = load<u8>(split, 6);
    addJoint(token + HEADER + leftBytes, leftBytes, rightBytes);
    token = Arena.next(token, leftBytes + rightBytes);
  }
}

/** Notes all tokens from one on where it is looked for what begins with some bytes. */
function addBeginnings(first: usize): void {
  for (let token: usize = first; token < arenaTop;) {
    const rank: u32 = Arena.rank(token);
    const length: i32 = Arena.length(token);
    const bytes: usize = token + HEADER;
    if (length == 2) addPair(rank, bytes);
    if (length >= 3) addChars(rank, bytes, length);
    if (length >= 4) noteLength(bytes, length);
    token = Arena.next(token, length);
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
