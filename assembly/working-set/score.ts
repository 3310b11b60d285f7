import {
  FREQUENCY_ENTRIES,
  GUARD_PINNED,
  INDEX_NONE,
  KIND_MODALITY_SHIFT,
  KIND_TYPE_MASK,
  RESULT_KEY,
  RESULT_SCORE,
  RESULT_STRIDE,
  RESULT_VALUE,
  SEAT_GUARD,
  SEAT_IMPORTANCE,
  SEAT_KIND,
  SEAT_SLOT,
  SEAT_TOKENS,
  SET_MODALITY_FACTOR,
  SET_TIER_FIRST,
  SET_TYPE_BONUS,
  SLOT_ACCESSED,
  SLOT_ACCESS_COUNT,
  SLOT_EVICT_TURN,
  SLOT_FAULT_TURN,
  SLOT_IMPORTANCE,
  SLOT_KIND,
  SLOT_OVERRIDE,
  SLOT_TIER_NEXT,
  TIER_HOT,
} from '../shared/layout';
import { cell1, cell4, cell8, isPinned, seatColumn, table4, table8 } from './columns';
import { SetRecord } from './set-record';

// Scores use additions, multiplications and divisions only, in one order for each formula: these are exact to the bit
// in every engine. The logarithm of the frequency comes from a table that the host fills.

/** A scan for pages that may leave. */
export const PASS_FREE = 0;
/** A scan for pages that may leave only in an emergency. */
export const PASS_PROTECTED = 1;

const MS_PER_SECOND: f64 = 1000;
const SECONDS_PER_HOUR: f64 = 3600;

const frequencies: usize = memory.data(FREQUENCY_ENTRIES * sizeof<f64>(), 16);

let scanPass: i32 = PASS_FREE;
let scanLimit: f64 = Infinity;
let groups: u32 = 0;

/** Address of the table of frequencies by access count that the host fills once. */
export function frequenciesAddress(): usize {
  return frequencies;
}

/** How many groups of four seats were scored at once; tests use it to prove that this path ran. */
export function groupCount(): u32 {
  return groups;
}

/** Writes the score, position and tokens of every page of the pass whose score is at most the limit; returns the end. */
export function collectContext(set: SetRecord, pass: i32, limit: f64, to: usize): usize {
  scanPass = pass;
  scanLimit = limit;
  if (!ASC_FEATURE_SIMD || pass != PASS_FREE) return collectSeats(set, 0, set.seatEnd, to);
  return collectGroups(set, to);
}

/** Scores one seat, or says by infinity that its page does not belong to the pass. */
export function seatScore(set: SetRecord, seat: i32, pass: i32): f64 {
  const at: usize = <usize>seat;
  const guard: i32 = load<i32>(seatColumn(set, SEAT_GUARD) + (at << 2));
  let score: f64 = (<f64>seat / <f64>set.seatEnd) * set.weightPosition;
  score += load<f64>(seatColumn(set, SEAT_IMPORTANCE) + (at << 3)) * set.weightImportance;
  if (guard > set.turn) {
    if (guard == GUARD_PINNED) return Infinity;
    const slot: i32 = load<i32>(seatColumn(set, SEAT_SLOT) + (at << 2));
    if (isProtected(set, slot) != (pass == PASS_PROTECTED)) return Infinity;
    score += penaltyOf(set, slot) * set.weightThrash;
  } else if (pass != PASS_FREE) {
    return Infinity;
  }
  if (set.isWeighted == 0) return score;
  return weigh(set, score, load<u8>(seatColumn(set, SEAT_KIND) + at));
}

/** Writes the score, position in the list and slot of every page of the hot tier that is not pinned or protected. */
export function collectHot(set: SetRecord, nowMs: f64, to: usize): usize {
  let at: usize = to;
  let position: u32 = 0;
  let slot: i32 = load<i32>(table4(set, SET_TIER_FIRST, TIER_HOT));
  while (slot != INDEX_NONE) {
    if (!isPinned(set, slot) && !isProtected(set, slot)) {
      putResult(at, hotScore(set, slot, nowMs), position, <u32>slot);
      at += RESULT_STRIDE;
    }
    position += 1;
    slot = load<i32>(cell4(set, SLOT_TIER_NEXT, slot));
  }
  return at;
}

/** Whether what happened to the page is so fresh that it may leave only in an emergency. */
export function isProtected(set: SetRecord, slot: i32): bool {
  return (
    turnsSince(set, SLOT_FAULT_TURN, slot) < <u32>set.faultHardTurns ||
    turnsSince(set, SLOT_EVICT_TURN, slot) < <u32>set.evictHardTurns
  );
}

/** Writes one result. */
export function putResult(at: usize, score: f64, key: u32, value: u32): void {
  store<f64>(at, score, RESULT_SCORE);
  store<u32>(at, key, RESULT_KEY);
  store<u32>(at, value, RESULT_VALUE);
}

// Four seats at a time as long as none of them has a guard. Against the scalar loop below this halves the time.
function collectGroups(set: SetRecord, to: usize): usize {
  const importance: usize = seatColumn(set, SEAT_IMPORTANCE);
  const guards: usize = seatColumn(set, SEAT_GUARD);
  const turn: v128 = i32x4.splat(set.turn);
  const count: v128 = f64x2.splat(<f64>set.seatEnd);
  const byPosition: v128 = f64x2.splat(set.weightPosition);
  const byImportance: v128 = f64x2.splat(set.weightImportance);
  const end: i32 = set.seatEnd & ~3;
  let position: v128 = f64x2(0, 1);
  let at: usize = to;
  for (let seat: i32 = 0; seat < end; seat += 4) {
    const cell: usize = importance + ((<usize>seat) << 3);
    let low: v128 = scorePair(position, count, byPosition, v128.load(cell), byImportance);
    position = f64x2.add(position, f64x2.splat(2));
    let high: v128 = scorePair(position, count, byPosition, v128.load(cell, 16), byImportance);
    position = f64x2.add(position, f64x2.splat(2));
    if (v128.any_true(i32x4.gt_s(v128.load(guards + ((<usize>seat) << 2)), turn))) {
      at = collectSeats(set, seat, seat + 4, at);
      continue;
    }
    if (set.isWeighted != 0) {
      low = weighPair(set, low, seat);
      high = weighPair(set, high, seat + 2);
    }
    if (isAnyWithin(low, high)) at = keepGroup(set, low, high, seat, at);
  }
  groups += (<u32>end) >>> 2;
  return collectSeats(set, end, set.seatEnd, at);
}

function scorePair(
  position: v128,
  count: v128,
  byPosition: v128,
  importance: v128,
  byImportance: v128,
): v128 {
  const score: v128 = f64x2.mul(f64x2.div(position, count), byPosition);
  return f64x2.add(score, f64x2.mul(importance, byImportance));
}

function isAnyWithin(low: v128, high: v128): bool {
  const limit: v128 = f64x2.splat(scanLimit);
  return v128.any_true(v128.or(f64x2.le(low, limit), f64x2.le(high, limit)));
}

function keepGroup(set: SetRecord, low: v128, high: v128, seat: i32, to: usize): usize {
  const tokens: usize = seatColumn(set, SEAT_TOKENS) + ((<usize>seat) << 2);
  let at: usize = to;
  at = keepSeat(at, f64x2.extract_lane(low, 0), seat, load<u32>(tokens));
  at = keepSeat(at, f64x2.extract_lane(low, 1), seat + 1, load<u32>(tokens, 4));
  at = keepSeat(at, f64x2.extract_lane(high, 0), seat + 2, load<u32>(tokens, 8));
  return keepSeat(at, f64x2.extract_lane(high, 1), seat + 3, load<u32>(tokens, 12));
}

/** Always writes, and moves on only for a score within the limit: a branch here would be mispredicted half the time. */
function keepSeat(at: usize, score: f64, seat: i32, tokens: u32): usize {
  putResult(at, score, <u32>seat, tokens);
  return at + ((<usize>(score <= scanLimit)) << 4);
}

function collectSeats(set: SetRecord, from: i32, end: i32, to: usize): usize {
  const tokens: usize = seatColumn(set, SEAT_TOKENS);
  let at: usize = to;
  for (let seat: i32 = from; seat < end; seat += 1) {
    const score: f64 = seatScore(set, seat, scanPass);
    if (score == Infinity) continue;
    at = keepSeat(at, score, seat, load<u32>(tokens + ((<usize>seat) << 2)));
  }
  return at;
}

function weighPair(set: SetRecord, scores: v128, seat: i32): v128 {
  const kinds: usize = seatColumn(set, SEAT_KIND) + <usize>seat;
  const first: f64 = weigh(set, f64x2.extract_lane(scores, 0), load<u8>(kinds));
  const second: f64 = weigh(set, f64x2.extract_lane(scores, 1), load<u8>(kinds, 1));
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

function weigh(set: SetRecord, score: f64, kind: i32): f64 {
  const bonus: f64 = load<f64>(table8(set, SET_TYPE_BONUS, kind & KIND_TYPE_MASK));
  const factor: f64 = load<f64>(table8(set, SET_MODALITY_FACTOR, kind >>> KIND_MODALITY_SHIFT));
  return (score + bonus) * factor;
}

function hotScore(set: SetRecord, slot: i32, nowMs: f64): f64 {
  const ageMs: f64 = max(nowMs - load<f64>(cell8(set, SLOT_ACCESSED, slot)), 0);
  const recency: f64 = 1 / (1 + ageMs / MS_PER_SECOND / SECONDS_PER_HOUR);
  const accesses: u32 = min(load<u32>(cell4(set, SLOT_ACCESS_COUNT, slot)), FREQUENCY_ENTRIES - 1);
  const frequency: f64 = load<f64>(frequencies + ((<usize>accesses) << 3));
  const given: f64 = load<f64>(cell8(set, SLOT_OVERRIDE, slot));
  const importance: f64 = given == given ? given : load<f64>(cell8(set, SLOT_IMPORTANCE, slot));
  const score: f64 =
    recency * set.hotRecency +
    frequency * set.hotFrequency +
    importance * set.hotImportance +
    penaltyOf(set, slot) * set.hotThrash;
  return weigh(set, score, load<u8>(cell1(set, SLOT_KIND, slot)));
}

/** Between 0 and 1: how much a fault or an eviction of the page lately speaks against taking it out. */
function penaltyOf(set: SetRecord, slot: i32): f64 {
  const sinceFault: u32 = turnsSince(set, SLOT_FAULT_TURN, slot);
  const sinceEvict: u32 = turnsSince(set, SLOT_EVICT_TURN, slot);
  let penalty: f64 = 0;
  if (sinceFault < <u32>set.faultTurns) {
    penalty += 1 - <f64>sinceFault / <f64>set.faultTurns;
  }
  if (sinceEvict < <u32>set.evictTurns) {
    penalty += 0.5 * (1 - <f64>sinceEvict / <f64>set.evictTurns);
  }
  return min<f64>(penalty, 1);
}

/** As an unsigned number, what never happened is two thousand million turns away. */
function turnsSince(set: SetRecord, column: i32, slot: i32): u32 {
  return <u32>(set.turn - load<i32>(cell4(set, column, slot)));
}
