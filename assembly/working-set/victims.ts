import {
  GUARD_PINNED,
  MODE_EMERGENCY,
  MODE_NORMAL,
  RESULT_KEY,
  RESULT_SCORE,
  RESULT_STRIDE,
  RESULT_VALUE,
  SEAT_GUARD,
  SEAT_SLOT,
  SEAT_TOKENS,
  STATUS_BAD_SET,
  STATUS_BAD_VALUE,
  STATUS_IMPOSSIBLE,
} from '../shared/layout';
import { seatColumn } from './columns';
import { resultsAddress } from './regions';
import {
  PASS_FREE,
  PASS_PROTECTED,
  collectContext,
  collectHot,
  isProtected,
  putResult,
  seatScore,
} from './score';
import { closeGaps } from './seats';
import { selectLeast, sortResults, sumOfResults } from './select';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { evictableTokens } from './sums';
import { isTime } from './pages';

// A large context is sieved first: a sample of the scores tells about where the last victim lies, and only pages below
// that (with a margin) become results. When the guess was too low, the scan is repeated without it.
const SAMPLES: i32 = 128;
const SAMPLE_FROM: i32 = 2048;
const SAMPLE_MARGIN: f64 = 1.25;
const SAMPLE_SPARE: i32 = 8;

/**
 * Finds the shortest row of pages that cost something, lowest score first, that frees the need, and returns its length.
 * Changes nothing.
 */
export function selectVictims(set: i32, need: i32, mode: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (need < 0 || !isMode(mode)) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  if (<f64>need > evictableTokens(record)) return STATUS_IMPOSSIBLE;
  closeGaps(record);
  const start: usize = resultsAddress();
  let count: i32 = collectFree(record, <f64>need);
  const sum: f64 = sumOfResults(start, count);
  if (sum >= <f64>need) {
    count = selectLeast(start, count, <f64>need, false);
  } else if (mode == MODE_EMERGENCY) {
    sortResults(start, count);
    const rest: usize = start + <usize>count * RESULT_STRIDE;
    const more: i32 = countOf(rest, collectContext(record, PASS_PROTECTED, Infinity, rest));
    count += selectLeast(rest, more, <f64>need - sum, false);
  } else {
    return STATUS_IMPOSSIBLE;
  }
  count = dropCostless(count);
  seatsToSlots(record, count);
  return count;
}

/** Whether that many tokens can be freed: 1 or 0. */
export function canReach(set: i32, need: i32, mode: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (need < 0 || !isMode(mode)) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  const evictable: f64 = evictableTokens(record);
  if (<f64>need > evictable) return 0;
  if (mode == MODE_EMERGENCY || record.turn >= record.hardUntil) return 1;
  return i32(<f64>need <= evictable - protectedTokens(record));
}

/** Ranks all pages of the context that may leave, lowest score first; in an emergency the protected ones follow. */
export function scoreContext(set: i32, mode: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (!isMode(mode)) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  const count: i32 = rankContext(record, mode);
  seatsToSlots(record, count);
  return count;
}

/** Ranks at most so many pages of the hot tier that may leave, lowest score first. */
export function scoreHot(set: i32, limit: i32, nowMs: f64): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (limit < 0 || !isTime(nowMs)) return STATUS_BAD_VALUE;
  const start: usize = resultsAddress();
  const count: i32 = countOf(start, collectHot(changetype<SetRecord>(at), nowMs, start));
  const chosen: i32 = selectLeast(start, count, <f64>min(limit, count), true);
  valuesToKeys(chosen);
  return chosen;
}

/** Leaves the results of all pages that may leave, by seat and in order, and returns how many they are. */
export function rankContext(set: SetRecord, mode: i32): i32 {
  closeGaps(set);
  const start: usize = resultsAddress();
  let end: usize = collectContext(set, PASS_FREE, Infinity, start);
  const free: i32 = countOf(start, end);
  sortResults(start, free);
  if (mode != MODE_EMERGENCY) return free;
  const rest: usize = end;
  end = collectContext(set, PASS_PROTECTED, Infinity, rest);
  sortResults(rest, countOf(rest, end));
  return countOf(start, end);
}

/** Makes the keys of results, which are seats, into slots. */
export function seatsToSlots(set: SetRecord, count: i32): void {
  const slots: usize = seatColumn(set, SEAT_SLOT);
  for (let index: i32 = 0; index < count; index += 1) {
    const result: usize = resultsAddress() + <usize>index * RESULT_STRIDE;
    const seat: usize = <usize>load<u32>(result, RESULT_KEY);
    store<u32>(result, load<u32>(slots + (seat << 2)), RESULT_KEY);
  }
}

/** Makes the values of results, which are slots, into the keys. */
export function valuesToKeys(count: i32): void {
  for (let index: i32 = 0; index < count; index += 1) {
    const result: usize = resultsAddress() + <usize>index * RESULT_STRIDE;
    store<u32>(result, load<u32>(result, RESULT_VALUE), RESULT_KEY);
  }
}

/** Whether a number names a mode of selection. */
export function isMode(mode: i32): bool {
  return mode == MODE_NORMAL || mode == MODE_EMERGENCY;
}

/** How many results stand between two addresses. */
export function countOf(start: usize, end: usize): i32 {
  return <i32>((end - start) / RESULT_STRIDE);
}

/** Leaves out pages without tokens: taking them out would lose them for nothing. */
function dropCostless(count: i32): i32 {
  let to: usize = resultsAddress();
  const end: usize = to + <usize>count * RESULT_STRIDE;
  for (let from: usize = to; from < end; from += RESULT_STRIDE) {
    if (load<u32>(from, RESULT_VALUE) == 0) continue;
    memory.copy(to, from, RESULT_STRIDE);
    to += RESULT_STRIDE;
  }
  return countOf(resultsAddress(), to);
}

/** Collects at least enough of the pages with the lowest scores, if there are enough. */
function collectFree(set: SetRecord, need: f64): i32 {
  const start: usize = resultsAddress();
  const limit: f64 = sampleLimit(set, need);
  const count: i32 = countOf(start, collectContext(set, PASS_FREE, limit, start));
  if (limit == Infinity || sumOfResults(start, count) >= need) return count;
  return countOf(start, collectContext(set, PASS_FREE, Infinity, start));
}

function sampleLimit(set: SetRecord, need: f64): f64 {
  if (set.seatEnd < SAMPLE_FROM) return Infinity;
  const start: usize = resultsAddress();
  const stride: i32 = set.seatEnd / SAMPLES;
  let end: usize = start;
  for (let sample: i32 = 0; sample < SAMPLES; sample += 1) {
    const seat: i32 = sample * stride + (stride >>> 1);
    const score: f64 = seatScore(set, seat, PASS_FREE);
    if (score == Infinity) continue;
    putResult(end, score, <u32>seat, 0);
    end += RESULT_STRIDE;
  }
  const count: i32 = countOf(start, end);
  const share: f64 = need / evictableTokens(set);
  const rank: i32 = <i32>(share * <f64>count * SAMPLE_MARGIN) + SAMPLE_SPARE;
  if (rank >= count) return Infinity;
  sortResults(start, count);
  return load<f64>(start + <usize>rank * RESULT_STRIDE, RESULT_SCORE);
}

function protectedTokens(set: SetRecord): f64 {
  closeGaps(set);
  let sum: f64 = 0;
  for (let seat: i32 = 0; seat < set.seatEnd; seat += 1) {
    const guard: i32 = load<i32>(seatColumn(set, SEAT_GUARD) + ((<usize>seat) << 2));
    if (guard <= set.turn || guard == GUARD_PINNED) continue;
    const slot: i32 = load<i32>(seatColumn(set, SEAT_SLOT) + ((<usize>seat) << 2));
    if (!isProtected(set, slot)) continue;
    sum += <f64>load<i32>(seatColumn(set, SEAT_TOKENS) + ((<usize>seat) << 2));
  }
  return sum;
}
