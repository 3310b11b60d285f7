import {
  MAX_RANKED,
  MAX_RANKED_PAGES,
  POSTING_STRIDE,
  RESULT_KEY,
  RESULT_SCORE,
  RESULT_STRIDE,
  STATUS_BAD_LENGTH,
  STATUS_BAD_VALUE,
  STATUS_NO_MEMORY,
  STATUS_OK,
  TEXT_SLAB_BYTES,
} from './shared/layout';
import { textSlabAddress } from './text-classes';
import { reserveResults, resultsAddress, spareResults } from './working-set/regions';

// BM25 over postings that the host brings through the slab, a few thousand at a time. The scores of all pages stand in
// the spare half of the result area; it never shrinks, so there is room for them whatever is called in between.

let rankedPages: i32 = 0;
let lengthBase: f64 = 0;
let lengthSlope: f64 = 0;
let rankings: u32 = 0;

/** How many rankings this instance has finished; tests use it to prove that this path ran. */
export function rankingCount(): u32 {
  return rankings;
}

/** Begins a ranking of so many pages; a length of the page weighs `base + slope · length` against a frequency. */
export function beginRanking(pages: i32, base: f64, slope: f64): i32 {
  if (pages < 0 || pages > MAX_RANKED_PAGES) return STATUS_BAD_VALUE;
  if (!(base >= 0 && base <= f64.MAX_VALUE && slope >= 0 && slope <= f64.MAX_VALUE)) {
    return STATUS_BAD_VALUE;
  }
  let capacity: i32 = 16;
  while (capacity < pages || capacity < MAX_RANKED) capacity <<= 1;
  if (reserveResults(capacity) != STATUS_OK) return STATUS_NO_MEMORY;
  rankedPages = pages;
  lengthBase = base;
  lengthSlope = slope;
  memory.fill(spareResults(), 0, (<usize>pages) << 3);
  return STATUS_OK;
}

/** Adds the postings of a term that stand in the slab: page, frequency and length of the page, in 4, 2 and 2 bytes. */
export function addPostings(count: i32, weight: f64): i32 {
  if (count < 0 || count * POSTING_STRIDE > TEXT_SLAB_BYTES) return STATUS_BAD_LENGTH;
  const scores: usize = spareResults();
  const pages: u32 = <u32>rankedPages;
  const end: usize = textSlabAddress() + <usize>count * POSTING_STRIDE;
  for (let at: usize = textSlabAddress(); at < end; at += POSTING_STRIDE) {
    const page: u32 = load<u32>(at);
    if (page >= pages) return STATUS_BAD_VALUE;
    const frequency: f64 = <f64>load<u16>(at, 4);
    const norm: f64 = lengthBase + lengthSlope * <f64>load<u16>(at, 6);
    const score: usize = scores + ((<usize>page) << 3);
    store<f64>(score, load<f64>(score) + (weight * frequency) / (frequency + norm));
  }
  return STATUS_OK;
}

/** Leaves at most so many results, the best page first, equal ones by their number; returns how many there are. */
export function finishRanking(limit: i32): i32 {
  if (limit < 0 || limit > MAX_RANKED) return STATUS_BAD_VALUE;
  if (resultsAddress() == 0) return 0;
  rankings += 1;
  if (limit == 0) return 0;
  let found: i32 = 0;
  let next: i32 = 0;
  if (ASC_FEATURE_SIMD) {
    const even: i32 = rankedPages & ~1;
    for (; next < even; next += 2) {
      if (!isPairAbove(next, leastOf(found, limit))) continue;
      found = takeIfBetter(next, found, limit);
      found = takeIfBetter(next + 1, found, limit);
    }
  }
  for (; next < rankedPages; next += 1) found = takeIfBetter(next, found, limit);
  return found;
}

function isPairAbove(page: i32, least: f64): bool {
  const pair: v128 = v128.load(spareResults() + ((<usize>page) << 3));
  return v128.any_true(f64x2.gt(pair, f64x2.splat(least)));
}

/** The score that a page has to exceed. */
function leastOf(found: i32, limit: i32): f64 {
  return found == limit ? load<f64>(resultAt(limit - 1), RESULT_SCORE) : 0;
}

function takeIfBetter(page: i32, found: i32, limit: i32): i32 {
  const score: f64 = load<f64>(spareResults() + ((<usize>page) << 3));
  if (!(score > leastOf(found, limit))) return found;
  let hole: i32 = found < limit ? found : limit - 1;
  while (hole > 0 && load<f64>(resultAt(hole - 1), RESULT_SCORE) < score) {
    memory.copy(resultAt(hole), resultAt(hole - 1), RESULT_STRIDE);
    hole -= 1;
  }
  store<f64>(resultAt(hole), score, RESULT_SCORE);
  store<i32>(resultAt(hole), page, RESULT_KEY);
  return min(found + 1, limit);
}

function resultAt(index: i32): usize {
  return resultsAddress() + <usize>index * RESULT_STRIDE;
}
