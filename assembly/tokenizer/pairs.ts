import { Bits } from './bits';
import { usedLongs, usedWords } from './lines';
import { NEAR_PAIRS_AT, NO_RANK, PAIR_BLOOM_AT, PAIRS_AT } from '../shared/tokenizer-layout';

// Which token two neighbouring tokens make. Merging makes each token of one pair only, whatever stands around it, so the two
// ranks say what the bytes of both would. Four of five pairs that a merge asks about are of the first 4096 ranks: these have
// a table of their own, 512 KB that stay in the processor's cache. Bytes took two cache lines of 3.4 MB for what is a
// token; new English prose is 7 % faster for it.

const FACTOR: u64 = 0x9e3779b97f4a7c15;
const KEY: u64 = 0xffffffffff;
const RANK_SHIFT: u64 = 40;
const LAST_LINE_AT: usize = PAIRS_AT + 32767 * 64;

const NEAR_FACTOR: u32 = 0x9e3779b1;
const NEAR_RANKS: u32 = 4096;
/** A key of 24 bits times an odd number is another key of 24 bits: the upper 13 choose the line, and the rest tells it from others. */
const NEAR_KEY: u32 = 0xffffff;
const NEAR_REST: u32 = 0x7ff;
const NEAR_REST_BITS: u32 = 11;

/** Rank of the token that the tokens of two ranks make, or NO_RANK. */
export function rankOfPair(left: u32, right: u32): u32 {
  if ((left | right) < NEAR_RANKS) {
    const hash: u32 = Near.hash(left, right);
    const line: usize = Near.line(hash);
    const rest: u32 = hash & NEAR_REST;
    const entry: u32 = ASC_FEATURE_SIMD ? Near.entry(line, rest) : nearOneByOne(line, rest);
    // One branch that is nearly always taken; two would often be mistaken.
    const isInDoubt: u32 = (<u32>(entry == 0)) & (<u32>(load<u32>(line, 60) != 0));
    if (isInDoubt == 0) return (entry >> NEAR_REST_BITS) - 1;
  }
  return rankOfFar(left, right);
}

/** Pairs of the first ranks; methods, because these are inlined in the hottest loops. */
class Near {
  @inline
  static hash(left: u32, right: u32): u32 {
    return (((left << 12) | right) * NEAR_FACTOR) & NEAR_KEY;
  }

  @inline
  static line(hash: u32): usize {
    return <usize>NEAR_PAIRS_AT + ((<usize>(hash >> NEAR_REST_BITS)) << 6);
  }

  /** The entry of a line with the rest, or 0. */
  @inline
  static entry(line: usize, rest: u32): u32 {
    const low: v128 = v128.or(nearMatch(line, rest), nearMatch(line + 16, rest));
    const high: v128 = v128.or(nearMatch(line + 32, rest), nearMatch(line + 48, rest));
    const both: v128 = v128.or(low, high);
    const halves: u64 = i64x2.extract_lane(both, 0) | i64x2.extract_lane(both, 1);
    return <u32>(halves | (halves >> 32));
  }
}

/** The one of four entries with the rest; the other lanes are zero. */
function nearMatch(at: usize, rest: u32): v128 {
  const entries: v128 = v128.load(at);
  const rests: v128 = v128.and(entries, i32x4.splat(NEAR_REST));
  return v128.and(entries, i32x4.eq(rests, i32x4.splat(rest)));
}

function nearOneByOne(line: usize, rest: u32): u32 {
  for (let slot: usize = line; slot < line + 64; slot += 4) {
    const entry: u32 = load<u32>(slot);
    if (entry != 0 && (entry & NEAR_REST) == rest) return entry;
  }
  return 0;
}

function keyOf(left: u32, right: u32): u64 {
  return (<u64>left) | ((<u64>right) << 20);
}

function rankOfFar(left: u32, right: u32): u32 {
  const key: u64 = keyOf(left, right);
  const hash: u64 = key * FACTOR;
  if (!Bits.has(PAIR_BLOOM_AT, <u32>(hash >> 44))) return NO_RANK;
  let at: usize = <usize>PAIRS_AT + ((<usize>(hash >> 49)) << 6);
  while (true) {
    const entry: u64 = ASC_FEATURE_SIMD ? farEntry(at, key) : farOneByOne(at, key);
    const isInDoubt: u32 = (<u32>(entry == 0)) & (<u32>(load<u64>(at, 56) != 0));
    if (isInDoubt == 0) return <u32>(entry >> RANK_SHIFT) - 1;
    at = at == LAST_LINE_AT ? <usize>PAIRS_AT : at + 64;
  }
}

/** The entry of a line with the key, or 0. */
function farEntry(line: usize, key: u64): u64 {
  const low: v128 = v128.or(farMatch(line, key), farMatch(line + 16, key));
  const high: v128 = v128.or(farMatch(line + 32, key), farMatch(line + 48, key));
  const both: v128 = v128.or(low, high);
  return i64x2.extract_lane(both, 0) | i64x2.extract_lane(both, 1);
}

/** The one of two entries with the key; the other lane is zero. */
function farMatch(at: usize, key: u64): v128 {
  const entries: v128 = v128.load(at);
  const keys: v128 = v128.and(entries, i64x2.splat(KEY));
  return v128.and(entries, i64x2.eq(keys, i64x2.splat(key)));
}

function farOneByOne(line: usize, key: u64): u64 {
  for (let slot: usize = line; slot < line + 64; slot += 8) {
    const entry: u64 = load<u64>(slot);
    if (entry != 0 && (entry & KEY) == key) return entry;
  }
  return 0;
}

/** Notes what two of the first tokens make; false where they are not, or their line is full. */
export function addNearPair(left: u32, right: u32, rank: u32): bool {
  return (left | right) < NEAR_RANKS && addNear(Near.hash(left, right), rank);
}

function addNear(hash: u32, rank: u32): bool {
  const line: usize = Near.line(hash);
  const used: usize = usedWords(line);
  if (used == 16) return false;
  store<u32>(line + (used << 2), (hash & NEAR_REST) | ((rank + 1) << NEAR_REST_BITS));
  return true;
}

/** The entry of a pair: {left rank: 20, right rank: 20, rank + 1 of the token of both: 20}. */
export function farPairOf(left: u32, right: u32, rank: u32): u64 {
  return keyOf(left, right) | ((<u64>(rank + 1)) << RANK_SHIFT);
}

/** The hash of a pair, whose upper 15 bits choose its line. */
export function farHash(entry: u64): u64 {
  return (entry & KEY) * FACTOR;
}

/** Notes a pair by its entry. What its line has no room for goes to the next one. */
export function addFarPair(entry: u64): void {
  const hash: u64 = farHash(entry);
  Bits.set(PAIR_BLOOM_AT, <u32>(hash >> 44));
  let at: usize = <usize>PAIRS_AT + ((<usize>(hash >> 49)) << 6);
  let used: usize = usedLongs(at);
  while (used == 8) {
    at = at == LAST_LINE_AT ? <usize>PAIRS_AT : at + 64;
    used = usedLongs(at);
  }
  store<u64>(at + (used << 3), entry);
}
