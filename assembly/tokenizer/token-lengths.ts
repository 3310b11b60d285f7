import { Bytes } from './bytes';
import { Hash } from './hash';
import { addWork } from './state';
import { Token } from './token';
import { Vocabulary, rankOf } from './vocabulary';
import {
  CHAR_RANKS_AT,
  LENGTHS_AT,
  LONG_LENGTHS_AT,
  NO_RANK,
  RAGGED,
} from '../shared/tokenizer-layout';

// Which lengths tokens with a given beginning have. Trying all lengths downwards instead costs microseconds at every byte
// of runs such as ----- or of characters that begin one of the few tokens of 20 to 128 bytes.

const LONG: i32 = 19;
const ANY_LONG: u32 = 1 << 15;

/** No token: none has no bytes. */
const NONE: u32 = 0;

/** Notes the length of a token of four bytes and more. */
export function noteLength(bytes: usize, length: i32): void {
  const at: usize = lengthsAt(bytes);
  const bit: u32 = length >= LONG ? ANY_LONG : 1 << (length - 4);
  store<u16>(at, (<u32>load<u16>(at)) | bit);
  if (length < LONG) return;
  const long: usize = longLengthsAt(bytes) + (length - LONG >= 64 ? 8 : 0);
  const bit64: u64 = (<u64>(length - LONG)) & 63;
  store<u64>(long, load<u64>(long) | ((<u64>1) << bit64));
}

/** Whether there may be a token of this length (4 and more) with this beginning. */
export function mayHaveLength(bytes: usize, length: i32): bool {
  const bit: u32 = length >= LONG ? ANY_LONG : 1 << (length - 4);
  return ((<u32>load<u16>(lengthsAt(bytes))) & bit) != 0;
}

function lengthsAt(bytes: usize): usize {
  return <usize>LENGTHS_AT + (Hash.word(load<u32>(bytes), 16) << 1);
}

function longLengthsAt(bytes: usize): usize {
  return (
    <usize>LONG_LENGTHS_AT +
    ((<usize>(Hash.middle(load<u64>(bytes), load<u64>(bytes, 8)) >> 53)) << 4)
  );
}

/** The longest token at the address that has at most `limit` bytes (see Token). */
export function longestToken(at: usize, limit: i32): u32 {
  addWork(1);
  if (limit >= 6) {
    const ofChars: u32 = longestOfChars(at, limit);
    if (ofChars != NONE) return ofChars;
  }
  if (limit >= 4) {
    const ofMany: u32 = longestOfMany(at, limit);
    if (ofMany != NONE) return ofMany;
  }
  return longestOfFew(at, limit);
}

/** Between code points of three bytes two direct look-ups mostly decide, and CJK text is 60 % faster for it. */
function longestOfChars(at: usize, limit: i32): u32 {
  if (!Bytes.leadsThree(load<u8>(at)) || !Bytes.leadsThree(load<u8>(at, 3))) return NONE;
  const pair: u64 = Vocabulary.charPair(at);
  if (pair >> 63 != 0 && limit != 6) return NONE;
  const pairRank: u32 = Vocabulary.rankInCharPair(pair);
  if (pairRank != NO_RANK) return Token.of(pairRank, 6);
  const single: u32 = load<u32>(<usize>CHAR_RANKS_AT + ((<usize>Bytes.codePointOfThree(at)) << 2));
  if (single == 0 || (single & RAGGED) != 0) return NONE;
  return Token.of(single - 1, 3);
}

function longestOfMany(at: usize, limit: i32): u32 {
  let lengths: u32 = load<u16>(lengthsAt(at));
  if (limit < LONG) lengths &= ((<u32>2) << (limit - 4)) - 1;
  if ((lengths & ANY_LONG) != 0) {
    const long: u32 = longestOfLong(at, limit);
    if (long != NONE) return long;
    lengths &= ANY_LONG - 1;
  }
  while (lengths != 0) {
    const top: i32 = 31 - clz(lengths);
    const rank: u32 = rankOf(at, top + 4);
    if (rank != NO_RANK) return Token.of(rank, top + 4);
    lengths ^= (<u32>1) << top;
  }
  return NONE;
}

function longestOfLong(at: usize, limit: i32): u32 {
  const entry: usize = longLengthsAt(at);
  let high: u64 = load<u64>(entry, 8) & bitsUpTo(limit - LONG - 64);
  let low: u64 = load<u64>(entry) & bitsUpTo(limit - LONG);
  while ((high | low) != 0) {
    const isHigh: bool = high != 0;
    const top: u64 = 63 - clz<u64>(isHigh ? high : low);
    const length: i32 = LONG + <i32>top + (isHigh ? 64 : 0);
    const rank: u32 = rankOf(at, length);
    if (rank != NO_RANK) return Token.of(rank, length);
    if (isHigh) high ^= (<u64>1) << top;
    else low ^= (<u64>1) << top;
  }
  return NONE;
}

/** The bits 0 to `last`; none when it is negative. */
function bitsUpTo(last: i32): u64 {
  if (last < 0) return 0;
  return last >= 63 ? u64.MAX_VALUE : ((<u64>2) << (<u64>last)) - 1;
}

function longestOfFew(at: usize, limit: i32): u32 {
  if (limit >= 3) {
    const rank: u32 = rankOf(at, 3);
    if (rank != NO_RANK) return Token.of(rank, 3);
  }
  if (limit >= 2) {
    const rank: u32 = Vocabulary.rankOfTwo(at);
    if (rank != NO_RANK) return Token.of(rank, 2);
  }
  return Token.ofByte();
}
