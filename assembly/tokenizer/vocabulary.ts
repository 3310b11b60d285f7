import { Bytes } from './bytes';
import { Hash, hashLong } from './hash';
import { rankInBuckets } from './token-buckets';
import { rankOfMiddle, rankOfShort } from './token-lines';
import {
  BYTE_RANKS_AT,
  CHAR_PAIRS_AT,
  CHAR_RANKS_AT,
  CONTROL_LONGEST,
  NO_RANK,
  PAIR_RANKS_AT,
} from '../shared/tokenizer-layout';

// The tokens of an encoding, looked up by their bytes. A cache miss costs 100 ns and more, an instruction well under one:
// so tokens lie in rank order (frequent ones together), and short ones have tables of their own.

/** Tables asked on every step of a merge; methods, because these are inlined in the hottest loops. */
export class Vocabulary {
  /** Rank of the token of one byte. */
  @inline
  static rankOfByte(at: usize): u32 {
    return load<u16>(<usize>BYTE_RANKS_AT + ((<usize>load<u8>(at)) << 1));
  }

  /** Rank of the token of two bytes, or NO_RANK. */
  @inline
  static rankOfTwo(at: usize): u32 {
    const pair: usize = ((<usize>load<u8>(at)) << 8) | (<usize>load<u8>(at, 1));
    return load<u32>(<usize>PAIR_RANKS_AT + (pair << 2));
  }

  /** Rank of the token of a code point of three bytes, or NO_RANK. */
  @inline
  static rankOfThree(at: usize): u32 {
    const entry: u32 = load<u32>(<usize>CHAR_RANKS_AT + ((<usize>Bytes.codePointOfThree(at)) << 2));
    return (entry & 0xfffff) - 1;
  }

  /** The entry of two neighbouring code points of three bytes, or 0. */
  @inline
  static charPair(at: usize): u64 {
    const key: u32 = (Bytes.codePointOfThree(at) << 16) | Bytes.codePointOfThree(at + 3);
    let slot: usize = Hash.word(key, 16);
    while (true) {
      const entry: u64 = load<u64>(<usize>CHAR_PAIRS_AT + (slot << 3));
      if (<u32>entry == key || entry == 0) return entry;
      slot = (slot + 1) & 0xffff;
    }
  }

  /** Rank of the token in a charPair entry, or NO_RANK. */
  @inline
  static rankInCharPair(entry: u64): u32 {
    return ((<u32>(entry >> 32)) & 0xfffff) - 1;
  }
}

/** As `rankOf`, for parts of a merge: the shortest have a table of their own. */
export function rankOfParts(at: usize, length: i32): u32 {
  return length == 2 ? Vocabulary.rankOfTwo(at) : rankOf(at, length);
}

/** Rank of the token of exactly these bytes, or NO_RANK. */
export function rankOf(at: usize, length: i32): u32 {
  if (length < 8) return rankOfShort(at, length, Hash.rough(Bytes.shortKey(at, length)));
  if (length < 16) {
    return rankOfMiddle(at, length, Hash.middle(load<u64>(at), Bytes.middleKey(at, length)));
  }
  if (<u32>length > load<u32>(CONTROL_LONGEST)) return NO_RANK;
  return rankInBuckets(at, length, hashLong(at, length));
}
