import { Bits } from './bits';
import { Bytes, sameBytes } from './bytes';
import { Hash, hashOf } from './hash';
import {
  ARENA_AT,
  BLOOM_AT,
  BUCKETS_AT,
  BYTE_RANKS_AT,
  CHAR_PAIRS_AT,
  CONTROL_LONGEST,
  NO_RANK,
  PAIR_RANKS_AT,
  TRIPLE_RANKS_AT,
} from '../shared/tokenizer-layout';

// The tokens of an encoding, looked up by their bytes. A cache miss costs 100 ns and more, an instruction well under one:
// so tokens lie in rank order (frequent ones together), and short ones have tables of their own.

const TAG_MASK: u32 = 0xffe00000;
const OFFSET_MASK: u32 = 0x001fffff;
const BUCKET_MASK: usize = 16383;

/** Tables asked on every step of a merge; methods, because these are inlined in the hottest loops. */
export class Vocabulary {
  /** False for most byte strings that are no token, true for all that are. Spares 2 of 3 bucket look-ups of a merge. */
  @inline
  static mayHave(hash: u64): bool {
    return Bits.has(BLOOM_AT, (<u32>hash) & 0x1fffff);
  }

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

  /** Rank of the token of three bytes, or NO_RANK. */
  @inline
  static rankOfThree(at: usize): u32 {
    const key: u32 = load<u32>(at) & 0xffffff;
    let slot: usize = Hash.word(key, 15);
    while (true) {
      const entry: u64 = load<u64>(<usize>TRIPLE_RANKS_AT + (slot << 3));
      if (entry == 0) return NO_RANK;
      if (<u32>(entry & 0xffffff) == key) return <u32>(entry >> 24) - 1;
      slot = (slot + 1) & 0x7fff;
    }
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

/** Rank of the token of exactly these bytes, or NO_RANK: for parts of a merge, most of which are none. */
export function rankOfParts(at: usize, length: i32): u32 {
  if (length == 2) return Vocabulary.rankOfTwo(at);
  if (length == 3) return Vocabulary.rankOfThree(at);
  if (<u32>length > load<u32>(CONTROL_LONGEST)) return NO_RANK;
  const hash: u64 = hashOf(at, length);
  return Vocabulary.mayHave(hash) ? findToken(at, length, hash) : NO_RANK;
}

/** Rank of the token of exactly these bytes, or NO_RANK. */
export function rankOf(at: usize, length: i32): u32 {
  if (<u32>length > load<u32>(CONTROL_LONGEST)) return NO_RANK;
  return findToken(at, length, hashOf(at, length));
}

/** The bucket a hash belongs to first. */
export function bucketOf(hash: u64): usize {
  return <usize>(hash >> 50);
}

/** The bucket to go on with when one is full. */
export function nextBucket(bucket: usize): usize {
  return (bucket + 1) & BUCKET_MASK;
}

/** What stands in a bucket for a token. */
export function bucketEntry(hash: u64, token: usize): u32 {
  return ((<u32>hash) & TAG_MASK) | (<u32>((token - ARENA_AT) >> 1));
}

/** Looks through buckets, one cache line each, and compares the bytes themselves: no hash is trusted. */
export function findToken(at: usize, length: i32, hash: u64): u32 {
  let bucket: usize = bucketOf(hash);
  while (true) {
    const line: usize = <usize>BUCKETS_AT + (bucket << 6);
    let matches: u32 = matchesIn(line, <u32>hash);
    while (matches != 0) {
      const offset: usize = <usize>(load<u32>(line + ((<usize>ctz(matches)) << 2)) & OFFSET_MASK);
      // An empty slot looks like a match of the tag 0; offset 0 is no token's.
      const token: usize = <usize>ARENA_AT + (offset << 1);
      const header: u32 = load<u32>(token);
      if (offset != 0 && <i32>(header >> 24) == length && sameBytes(token + 4, at, length)) {
        return header & 0xffffff;
      }
      matches &= matches - 1;
    }
    if (load<u32>(line, 60) == 0) return NO_RANK;
    bucket = nextBucket(bucket);
  }
}

/** Loads the bucket of a hash, so that it is near when it is looked through. */
export function loadBucket(hash: u64): u32 {
  return load<u32>(<usize>BUCKETS_AT + (bucketOf(hash) << 6));
}

/** Loads the token of a hash, if there is one in its bucket, so that it is near when its bytes are compared. */
export function loadToken(hash: u64): u32 {
  const line: usize = <usize>BUCKETS_AT + (bucketOf(hash) << 6);
  const slot: usize = (<usize>ctz(matchesIn(line, <u32>hash))) & 15;
  const offset: usize = <usize>(load<u32>(line + (slot << 2)) & OFFSET_MASK);
  return load<u32>(<usize>ARENA_AT + (offset << 1));
}

/** One bit for each of the 16 entries whose tag is that of the hash. */
function matchesIn(line: usize, hash: u32): u32 {
  return ASC_FEATURE_SIMD ? matchesInLine(line, hash) : matchesOneByOne(line, hash);
}

function matchesInLine(line: usize, hash: u32): u32 {
  const mask: v128 = i32x4.splat(<i32>TAG_MASK);
  const tag: v128 = i32x4.splat(<i32>(hash & TAG_MASK));
  const first: v128 = i32x4.eq(v128.and(v128.load(line), mask), tag);
  const second: v128 = i32x4.eq(v128.and(v128.load(line, 16), mask), tag);
  const third: v128 = i32x4.eq(v128.and(v128.load(line, 32), mask), tag);
  const fourth: v128 = i32x4.eq(v128.and(v128.load(line, 48), mask), tag);
  const low: v128 = i16x8.narrow_i32x4_s(first, second);
  const high: v128 = i16x8.narrow_i32x4_s(third, fourth);
  return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

function matchesOneByOne(line: usize, hash: u32): u32 {
  let matches: u32 = 0;
  for (let slot: u32 = 0; slot < 16; slot++) {
    const entry: u32 = load<u32>(line + ((<usize>slot) << 2));
    if (((entry ^ hash) & TAG_MASK) == 0) matches |= 1 << slot;
  }
  return matches;
}
