import { Bytes, sameBytes } from './bytes';
import { tokensOfChars } from './char-groups';
import { Hash, hashLong } from './hash';
import { isOfThree, mergePiece } from './merge';
import { tokensOfRun } from './runs';
import { region } from './state';
import { mayHaveLength } from './token-lengths';
import { Vocabulary, findToken } from './vocabulary';
import {
  FRONT_LONG,
  FRONT_LONGEST,
  FRONT_MIDDLE,
  FRONT_SHORT,
  MAX_TOKEN_BYTES,
  MEMO_MIDDLE,
  MEMO_SHORT,
  NO_RANK,
} from '../shared/tokenizer-layout';

// What pieces count, from small caches in front of the vocabulary: direct-mapped, a newcomer takes the place of whatever
// it collides with, and the bytes are the key, so that they are exact and bounded. They halve the time of text whose words
// come again, since they stay in the processor's cache where the vocabulary does not. Words of alphabets with two bytes a
// letter are mostly long ones; with 16384 of these, not 4096, such text is 10 % faster when it comes again.

const SHORT_KEY: u64 = 0x07ffffffffffffff;
const SHORT_TOKENS: u64 = 59;
const MIDDLE_KEY: u64 = 0x0fffffffffffffff;
const MIDDLE_TOKENS: u64 = 60;
const LONG_KEY: u64 = 0xff00ffffffffffff;
const LONG_TOKENS: u64 = 48;
const MAX_SHORT: i32 = 7;
const MAX_MIDDLE: i32 = 15;
const MAX_LONG: i32 = 30;
const MAX_LONGEST: i32 = 62;
const LONGEST_LENGTH: usize = 62;
const LONGEST_TOKENS: usize = 63;

/** How many tokens a piece has; methods, because these are inlined in the hottest loops. */
export class Piece {
  @inline
  static tokens(at: usize, length: i32): i32 {
    if (length > MAX_SHORT) return longerTokens(at, length);
    const key: u64 = Bytes.shortKey(at, length);
    const hash: u64 = Hash.rough(key);
    const entry: u64 = load<u64>(region + ((<usize>(hash >> 49)) << 3), FRONT_SHORT);
    if ((entry & SHORT_KEY) == key) return <i32>(entry >> SHORT_TOKENS);
    return newShortTokens(at, length, key);
  }
}

function newShortTokens(at: usize, length: i32, key: u64): i32 {
  const rough: u64 = Hash.rough(key);
  const hash: u64 = Hash.fold(rough);
  const tokens: i32 = isToken(at, length, hash) ? 1 : memoShort(at, length, key);
  store<u64>(
    region + ((<usize>(rough >> 49)) << 3),
    key | ((<u64>tokens) << SHORT_TOKENS),
    FRONT_SHORT,
  );
  return tokens;
}

function memoShort(at: usize, length: i32, key: u64): i32 {
  const hash: u32 = <u32>Hash.fold(Hash.rough(key));
  const memo: usize = region + ((<usize>(hash >> 19)) << 3);
  const entry: u64 = load<u64>(memo, MEMO_SHORT);
  if ((entry & SHORT_KEY) == key) return <i32>(entry >> SHORT_TOKENS);
  const tokens: i32 = tokensOfMerge(at, length);
  store<u64>(memo, key | ((<u64>tokens) << SHORT_TOKENS), MEMO_SHORT);
  return tokens;
}

function longerTokens(at: usize, length: i32): i32 {
  if (length > MAX_MIDDLE) return longTokens(at, length);
  const low: u64 = load<u64>(at);
  const high: u64 = Bytes.middleKey(at, length);
  const hash: u64 = Hash.middle(low, high);
  const front: usize = region + ((<usize>(hash >> 50)) << 4);
  const entry: u64 = load<u64>(front, FRONT_MIDDLE + 8);
  if ((entry & MIDDLE_KEY) == high && load<u64>(front, FRONT_MIDDLE) == low) {
    return <i32>(entry >> MIDDLE_TOKENS);
  }
  const tokens: i32 = isToken(at, length, hash) ? 1 : memoMiddle(at, length, hash);
  store<u64>(front, low, FRONT_MIDDLE);
  store<u64>(front, high | ((<u64>tokens) << MIDDLE_TOKENS), FRONT_MIDDLE + 8);
  return tokens;
}

function memoMiddle(at: usize, length: i32, hash: u64): i32 {
  const low: u64 = load<u64>(at);
  const high: u64 = Bytes.middleKey(at, length);
  const memo: usize = region + ((<usize>((<u32>hash) >> 19)) << 4);
  const entry: u64 = load<u64>(memo, MEMO_MIDDLE + 8);
  if ((entry & MIDDLE_KEY) == high && load<u64>(memo, MEMO_MIDDLE) == low) {
    return <i32>(entry >> MIDDLE_TOKENS);
  }
  const tokens: i32 = tokensOfMerge(at, length);
  store<u64>(memo, low, MEMO_MIDDLE);
  store<u64>(memo, high | ((<u64>tokens) << MIDDLE_TOKENS), MEMO_MIDDLE + 8);
  return tokens;
}

function longTokens(at: usize, length: i32): i32 {
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

function newLongTokens(at: usize, length: i32): i32 {
  if (
    length <= MAX_TOKEN_BYTES &&
    mayHaveLength(at, length) &&
    isToken(at, length, hashLong(at, length))
  )
    return 1;
  return tokensOfMerge(at, length);
}

function tokensOfMerge(at: usize, length: i32): i32 {
  return isOfThree(at, length) ? tokensOfChars(at, length) : mergePiece(at, length);
}

function isToken(at: usize, length: i32, hash: u64): bool {
  return Vocabulary.mayHave(hash) && findToken(at, length, hash) != NO_RANK;
}
