import { RESULT_KEY, RESULT_SCORE, RESULT_STRIDE, RESULT_VALUE } from '../shared/layout';
import { spareResults } from './regions';

// Results are ordered by score and then by key. Keys differ, so the order is total and every algorithm finds the same.

const SHORT: i32 = 24;

let selectionStart: usize = 0;

/**
 * Brings the least results whose values sum up to `need` to the front, in order, and returns how many they are. With
 * `isCount` each counts one instead of its value. The sum over all must reach the need.
 */
export function selectLeast(start: usize, count: i32, need: f64, isCount: bool): i32 {
  selectionStart = start;
  let low: i32 = 0;
  let high: i32 = count;
  let missing: f64 = need;
  // Twice the depth that halving would take, then sorting ends what a bad sequence of pivots began.
  let rounds: i32 = 2 * (32 - clz(count));
  while (high - low > SHORT && rounds > 0) {
    const middle: i32 = partition(low, high);
    const sum: f64 = sumOf(low, middle, isCount);
    if (sum >= missing) {
      high = middle;
    } else {
      missing -= sum;
      low = middle;
    }
    rounds -= 1;
  }
  sortResults(at(low), high - low);
  while (missing > 0 && low < high) {
    missing -= valueAt(low, isCount);
    low += 1;
  }
  sortResults(start, low);
  return low;
}

/** Sorts results by score, then key: runs by insertion, then merges, so no order of input is slow. */
export function sortResults(start: usize, count: i32): void {
  for (let run: i32 = 0; run < count; run += SHORT) {
    insertionSort(start + <usize>run * RESULT_STRIDE, min(SHORT, count - run));
  }
  let from: usize = start;
  let to: usize = spareResults();
  for (let width: i32 = SHORT; width < count; width *= 2) {
    for (let run: i32 = 0; run < count; run += width * 2) {
      mergeRuns(
        from + <usize>run * RESULT_STRIDE,
        to + <usize>run * RESULT_STRIDE,
        min(width, count - run),
        min(width * 2, count - run),
      );
    }
    const swap: usize = from;
    from = to;
    to = swap;
  }
  if (from != start) memory.copy(start, from, <usize>count * RESULT_STRIDE);
}

/** Sum of the values of a number of results. */
export function sumOfResults(start: usize, count: i32): f64 {
  selectionStart = start;
  return sumOf(0, count, false);
}

/** Divides a range in two parts, none empty, so that nothing in the first comes after anything in the second. */
function partition(low: i32, high: i32): i32 {
  const pivot: usize = medianOfThree(at(low), at((low + high) >>> 1), at(high - 1));
  const score: f64 = load<f64>(pivot, RESULT_SCORE);
  const key: u32 = load<u32>(pivot, RESULT_KEY);
  let left: usize = at(low);
  let right: usize = at(high - 1);
  while (true) {
    while (isLess(left, score, key)) left += RESULT_STRIDE;
    while (isMore(right, score, key)) right -= RESULT_STRIDE;
    if (left >= right) return <i32>((right - selectionStart) / RESULT_STRIDE) + 1;
    swapResults(left, right);
    left += RESULT_STRIDE;
    right -= RESULT_STRIDE;
  }
}

function medianOfThree(a: usize, b: usize, c: usize): usize {
  const isAbFirst: bool = isBefore(a, b);
  const isBcFirst: bool = isBefore(b, c);
  if (isAbFirst == isBcFirst) return b;
  return isBefore(a, c) == isAbFirst ? c : a;
}

function insertionSort(start: usize, count: i32): void {
  const end: usize = start + <usize>count * RESULT_STRIDE;
  for (let next: usize = start + RESULT_STRIDE; next < end; next += RESULT_STRIDE) {
    const score: f64 = load<f64>(next, RESULT_SCORE);
    const rest: u64 = load<u64>(next, RESULT_KEY);
    let hole: usize = next;
    while (hole > start && isMore(hole - RESULT_STRIDE, score, <u32>rest)) {
      moveResult(hole, hole - RESULT_STRIDE);
      hole -= RESULT_STRIDE;
    }
    store<f64>(hole, score, RESULT_SCORE);
    store<u64>(hole, rest, RESULT_KEY);
  }
}

/** Merges two sorted runs that stand one behind the other, the first `middle` results long, both `count`. */
function mergeRuns(from: usize, to: usize, middle: i32, count: i32): void {
  let left: usize = from;
  let right: usize = from + <usize>middle * RESULT_STRIDE;
  const leftEnd: usize = right;
  const rightEnd: usize = from + <usize>count * RESULT_STRIDE;
  let target: usize = to;
  while (left < leftEnd && right < rightEnd) {
    const takesRight: bool = isBefore(right, left);
    moveResult(target, takesRight ? right : left);
    target += RESULT_STRIDE;
    right += (<usize>takesRight) << 4;
    left += (<usize>!takesRight) << 4;
  }
  memory.copy(target, left, leftEnd - left);
  memory.copy(target + (leftEnd - left), right, rightEnd - right);
}

function isBefore(left: usize, right: usize): bool {
  return isLess(left, load<f64>(right, RESULT_SCORE), load<u32>(right, RESULT_KEY));
}

function isLess(result: usize, score: f64, key: u32): bool {
  const own: f64 = load<f64>(result, RESULT_SCORE);
  return own < score || (own == score && load<u32>(result, RESULT_KEY) < key);
}

function isMore(result: usize, score: f64, key: u32): bool {
  const own: f64 = load<f64>(result, RESULT_SCORE);
  return own > score || (own == score && load<u32>(result, RESULT_KEY) > key);
}

function swapResults(left: usize, right: usize): void {
  const score: f64 = load<f64>(left, RESULT_SCORE);
  const rest: u64 = load<u64>(left, RESULT_KEY);
  moveResult(left, right);
  store<f64>(right, score, RESULT_SCORE);
  store<u64>(right, rest, RESULT_KEY);
}

function moveResult(to: usize, from: usize): void {
  store<f64>(to, load<f64>(from, RESULT_SCORE), RESULT_SCORE);
  store<u64>(to, load<u64>(from, RESULT_KEY), RESULT_KEY);
}

function sumOf(low: i32, high: i32, isCount: bool): f64 {
  if (isCount) return <f64>(high - low);
  let sum: u64 = 0;
  const end: usize = at(high);
  for (let result: usize = at(low); result < end; result += RESULT_STRIDE) {
    sum += <u64>load<u32>(result, RESULT_VALUE);
  }
  return <f64>sum;
}

function valueAt(index: i32, isCount: bool): f64 {
  return isCount ? 1 : <f64>load<u32>(at(index), RESULT_VALUE);
}

function at(index: i32): usize {
  return selectionStart + <usize>index * RESULT_STRIDE;
}
