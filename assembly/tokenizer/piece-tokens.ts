import { Bytes, sameBytes } from './bytes';
import { tokensOfChars } from './char-groups';
import { Known, MAX_MIDDLE, MAX_SHORT, Slot } from './fronts';
import { Hash, hashLong } from './hash';
import { mergePiece } from './merge';
import { isOfThree } from './piece-scripts';
import { tokensOfRun } from './runs';
import { region } from './state';
import { mayHaveLength } from './token-lengths';
import { rankInBuckets } from './token-buckets';
import { rankOfMiddle, rankOfShort } from './token-lines';
import { FRONT_LONG, FRONT_LONGEST, MAX_TOKEN_BYTES, NO_RANK } from '../shared/tokenizer-layout';

// Pieces that are longer than the fronts have caches of their own. Words of alphabets with two bytes a letter are mostly
// long ones; with 16384 of these, not 4096, such text is 10 % faster when it comes again.

const LONG_KEY: u64 = 0xff00ffffffffffff;
const LONG_TOKENS: u64 = 48;
const MAX_LONG: i32 = 30;
const MAX_LONGEST: i32 = 62;
const LONGEST_LENGTH: usize = 62;
const LONGEST_TOKENS: usize = 63;

/** How many tokens a piece has. */
export function tokensOf(at: usize, length: i32): i32 {
  if (length > MAX_MIDDLE) return longTokens(at, length);
  return length > MAX_SHORT ? middleTokens(at, length) : shortTokens(at, length);
}

function shortTokens(at: usize, length: i32): i32 {
  const key: u64 = Bytes.shortKey(at, length);
  const hash: u64 = Hash.rough(key);
  const slot: usize = Slot.short(hash);
  const known: i32 = Known.short(slot, key);
  if (known != 0) return known;
  const isToken: bool = rankOfShort(at, length, hash) != NO_RANK;
  const tokens: i32 = isToken ? 1 : memoShort(at, length, Hash.fold(hash));
  Known.setShort(slot, key, tokens);
  return tokens;
}

function memoShort(at: usize, length: i32, hash: u64): i32 {
  const key: u64 = Bytes.shortKey(at, length);
  const slot: usize = Slot.shortMemo(hash);
  const known: i32 = Known.short(slot, key);
  if (known != 0) return known;
  const tokens: i32 = tokensOfMerge(at, length);
  Known.setShort(slot, key, tokens);
  return tokens;
}

function middleTokens(at: usize, length: i32): i32 {
  const low: u64 = load<u64>(at);
  const high: u64 = Bytes.middleKey(at, length);
  const hash: u64 = Hash.middle(low, high);
  const slot: usize = Slot.middle(hash);
  const known: i32 = Known.middle(slot, low, high);
  if (known != 0) return known;
  const isToken: bool = rankOfMiddle(at, length, hash) != NO_RANK;
  const tokens: i32 = isToken ? 1 : memoMiddle(at, length, Hash.fold(hash));
  Known.setMiddle(slot, low, high, tokens);
  return tokens;
}

function memoMiddle(at: usize, length: i32, hash: u64): i32 {
  const low: u64 = load<u64>(at);
  const high: u64 = Bytes.middleKey(at, length);
  const slot: usize = Slot.middleMemo(hash);
  const known: i32 = Known.middle(slot, low, high);
  if (known != 0) return known;
  const tokens: i32 = tokensOfMerge(at, length);
  Known.setMiddle(slot, low, high, tokens);
  return tokens;
}

/** Pieces of 16 bytes and more. */
export function longTokens(at: usize, length: i32): i32 {
  if (length > MAX_LONG) return longestTokens(at, length);
  const first: u64 = load<u64>(at);
  const second: u64 = load<u64>(at, 8);
  const third: u64 = length < 24 ? Bytes.tail(at + 16, length - 16) : load<u64>(at, 16);
  const rest: u64 = length > 24 ? Bytes.tail(at + 24, length - 24) : 0;
  const fourth: u64 = rest | ((<u64>length) << 56);
  const hash: u64 = Hash.front(first ^ rotl<u64>(third, 23), second ^ rotl<u64>(fourth, 31));
  const front: usize = region + ((<usize>(hash >> 50)) << 5);
  const entry: u64 = load<u64>(front, FRONT_LONG + 24);
  if ((entry & LONG_KEY) == fourth && load<u64>(front, FRONT_LONG) == first) {
    const isSame: bool =
      load<u64>(front, FRONT_LONG + 8) == second && load<u64>(front, FRONT_LONG + 16) == third;
    if (isSame) return (<i32>(entry >> LONG_TOKENS)) & 0xff;
  }
  const tokens: i32 = newLongTokens(at, length);
  store<u64>(front, first, FRONT_LONG);
  store<u64>(front, second, FRONT_LONG + 8);
  store<u64>(front, third, FRONT_LONG + 16);
  store<u64>(front, fourth | ((<u64>tokens) << LONG_TOKENS), FRONT_LONG + 24);
  return tokens;
}

/** Clauses of scripts without spaces: CJK text seen before is 12 % faster for it. */
function longestTokens(at: usize, length: i32): i32 {
  if (length > MAX_LONGEST) {
    const ofRun: i32 = tokensOfRun(at, length);
    return ofRun != 0 ? ofRun : newLongTokens(at, length);
  }
  const front: usize = region + FRONT_LONGEST + ((<usize>(hashLong(at, length) >> 51)) << 6);
  if (<i32>load<u8>(front, LONGEST_LENGTH) == length && sameBytes(front, at, length)) {
    return load<u8>(front, LONGEST_TOKENS);
  }
  const tokens: i32 = newLongTokens(at, length);
  memory.copy(front, at, length);
  store<u8>(front, length, LONGEST_LENGTH);
  store<u8>(front, tokens, LONGEST_TOKENS);
  return tokens;
}

/** Of all lengths only a few have tokens with a given beginning, and mostly none of 16 bytes and more: a cache line less. */
function newLongTokens(at: usize, length: i32): i32 {
  const mayBeToken: bool = length <= MAX_TOKEN_BYTES && mayHaveLength(at, length);
  if (mayBeToken && rankInBuckets(at, length, hashLong(at, length)) != NO_RANK) return 1;
  return tokensOfMerge(at, length);
}

function tokensOfMerge(at: usize, length: i32): i32 {
  return isOfThree(at, length) ? tokensOfChars(at, length) : mergePiece(at, length);
}
