import { Arena } from './arena';
import { sameBytes } from './bytes';
import { BUCKETS_AT, NO_RANK } from '../shared/tokenizer-layout';

// Tokens of 16 bytes and more, and the few shorter ones that found no room in their lines. A bucket is a cache line of tags, each
// with the rank of a token.

const TAG_MASK: u32 = 0xfff80000;
const RANK_MASK: u32 = 0x0007ffff;
const BUCKET_MASK: usize = 1023;
/** Nine of ten entries: a look-up needs an end. */
const MOST: i32 = 14745;

/** What stands where a table has nothing. */
export const NO_ENTRY: u64 = 0;

let added: i32 = 0;

/** Rank of the token of exactly these bytes, or NO_RANK. The bytes themselves are compared: no hash is trusted. */
export function rankInBuckets(at: usize, length: i32, hash: u64): u32 {
  let bucket: usize = bucketOf(hash);
  while (true) {
    const line: usize = <usize>BUCKETS_AT + (bucket << 6);
    let matches: u32 = matchesIn(line, <u32>hash);
    while (matches != 0) {
      const entry: u32 = load<u32>(line + ((<usize>ctz(matches)) << 2));
      // An empty entry looks like a match of the tag 0.
      if (entry != 0 && isToken((entry & RANK_MASK) - 1, at, length))
        return (entry & RANK_MASK) - 1;
      matches &= matches - 1;
    }
    if (load<u32>(line, 60) == 0) return NO_RANK;
    bucket = (bucket + 1) & BUCKET_MASK;
  }
}

function isToken(rank: u32, at: usize, length: i32): bool {
  const slot: usize = Arena.slot(rank);
  return Arena.length(slot) == length && sameBytes(Arena.bytes(slot, length), at, length);
}

/** Empties the count of what is added. */
export function resetBuckets(): void {
  added = 0;
}

/** Adds a token of the arena by the hash of its bytes; false when there is no room. */
export function addToBuckets(hash: u64, rank: u32): bool {
  if (added == MOST) return false;
  added++;
  let bucket: usize = bucketOf(hash);
  while (load<u32>(<usize>BUCKETS_AT + (bucket << 6), 60) != 0) bucket = (bucket + 1) & BUCKET_MASK;
  let slot: usize = <usize>BUCKETS_AT + (bucket << 6);
  while (load<u32>(slot) != 0) slot += 4;
  store<u32>(slot, ((<u32>hash) & TAG_MASK) | (rank + 1));
  return true;
}

/** The bucket a hash belongs to first. */
function bucketOf(hash: u64): usize {
  return <usize>(hash >> 54);
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
