// Results are ordered by score and then by key. Keys differ, so the order is total and every algorithm finds the same.

const SHORT = 24;

interface Columns {
  readonly score: Float64Array;
  readonly key: Uint32Array;
  readonly value: Uint32Array;
}

/** Scored results in three typed arrays, shared by all sets of a kernel: the twin of the result area in linear memory. */
export class ResultList {
  score: Float64Array = new Float64Array(0);
  key: Uint32Array = new Uint32Array(0);
  value: Uint32Array = new Uint32Array(0);
  #spare: Columns = { score: this.score, key: this.key, value: this.value };

  /** Makes room for that many results; what was there is lost. */
  reserve(capacity: number): void {
    if (capacity <= this.key.length) return;
    // All are there before any is taken, since an allocation may fail.
    const [own, spare] = [createColumns(capacity), createColumns(capacity)];
    this.score = own.score;
    this.key = own.key;
    this.value = own.value;
    this.#spare = spare;
  }

  /** Writes one result. */
  put(index: number, score: number, entry: { readonly key: number; readonly value: number }): void {
    this.score[index] = score;
    this.key[index] = entry.key;
    this.value[index] = entry.value;
  }

  /**
   * Brings the least results of a range whose values sum up to `need` to its front, in order, and returns how many they
   * are. The sum over the range must reach the need.
   */
  selectLeast(start: number, count: number, need: number): number {
    return this.#select(start, count, { need, isCount: false });
  }

  /** Brings that many of the least results of a range to its front, in order. */
  selectFirst(start: number, count: number, wanted: number): number {
    return this.#select(start, count, { need: wanted, isCount: true });
  }

  /** Sorts a range: runs by insertion, then merges, so no order of input is slow. */
  sort(start: number, count: number): void {
    const end = start + count;
    for (let run = start; run < end; run += SHORT) {
      this.#insertionSort(run, Math.min(run + SHORT, end));
    }
    const own: Columns = { score: this.score, key: this.key, value: this.value };
    let from = own;
    let to = this.#spare;
    for (let width = SHORT; width < count; width *= 2) {
      for (let run = start; run < end; run += width * 2) {
        mergeRuns(from, to, {
          start: run,
          middle: Math.min(run + width, end),
          end: Math.min(run + width * 2, end),
        });
      }
      [from, to] = [to, from];
    }
    if (from === own) return;
    this.score.set(from.score.subarray(start, end), start);
    this.key.set(from.key.subarray(start, end), start);
    this.value.set(from.value.subarray(start, end), start);
  }

  /** Sum of the values of a range. */
  sum(start: number, end: number): number {
    const { value } = this;
    let sum = 0;
    for (let index = start; index < end; index += 1) sum += value[index] ?? 0;
    return sum;
  }

  #select(
    start: number,
    count: number,
    { need, isCount }: { readonly need: number; readonly isCount: boolean },
  ): number {
    let low = start;
    let high = start + count;
    let missing = need;
    // Twice the depth that halving would take, then sorting ends what a bad sequence of pivots began.
    let rounds = 2 * (32 - Math.clz32(count));
    while (high - low > SHORT && rounds > 0) {
      const middle = this.#partition(low, high);
      const sum = isCount ? middle - low : this.sum(low, middle);
      if (sum >= missing) {
        high = middle;
      } else {
        missing -= sum;
        low = middle;
      }
      rounds -= 1;
    }
    this.sort(low, high - low);
    while (missing > 0 && low < high) {
      missing -= isCount ? 1 : (this.value[low] ?? 0);
      low += 1;
    }
    this.sort(start, low - start);
    return low - start;
  }

  /** Divides a range in two parts, none empty, so that nothing in the first comes after anything in the second. */
  #partition(low: number, high: number): number {
    const { score, key } = this;
    const pivot = this.#medianOfThree(low, (low + high) >>> 1, high - 1);
    const pivotScore = score[pivot] ?? 0;
    const pivotKey = key[pivot] ?? 0;
    let left = low;
    let right = high - 1;
    for (;;) {
      while (this.#isLess(left, pivotScore, pivotKey)) left += 1;
      while (this.#isMore(right, pivotScore, pivotKey)) right -= 1;
      if (left >= right) return right + 1;
      this.#swap(left, right);
      left += 1;
      right -= 1;
    }
  }

  #medianOfThree(first: number, second: number, third: number): number {
    const isFirstBelow = isBefore(this, first, second);
    if (isFirstBelow === isBefore(this, second, third)) return second;
    return isBefore(this, first, third) === isFirstBelow ? third : first;
  }

  #isLess(index: number, score: number, key: number): boolean {
    const own = this.score[index] ?? 0;
    return own < score || (own === score && (this.key[index] ?? 0) < key);
  }

  #isMore(index: number, score: number, key: number): boolean {
    const own = this.score[index] ?? 0;
    return own > score || (own === score && (this.key[index] ?? 0) > key);
  }

  #copy(to: number, from: number): void {
    this.score[to] = this.score[from] ?? 0;
    this.key[to] = this.key[from] ?? 0;
    this.value[to] = this.value[from] ?? 0;
  }

  #swap(left: number, right: number): void {
    const { score, key, value } = this;
    const [heldScore, heldKey, heldValue] = [score[left] ?? 0, key[left] ?? 0, value[left] ?? 0];
    this.#copy(left, right);
    score[right] = heldScore;
    key[right] = heldKey;
    value[right] = heldValue;
  }

  #insertionSort(start: number, end: number): void {
    const { score, key, value } = this;
    for (let next = start + 1; next < end; next += 1) {
      const heldScore = score[next] ?? 0;
      const heldKey = key[next] ?? 0;
      const heldValue = value[next] ?? 0;
      let hole = next;
      while (hole > start) {
        const before = score[hole - 1] ?? 0;
        if (before < heldScore || (before === heldScore && (key[hole - 1] ?? 0) < heldKey)) break;
        this.#copy(hole, hole - 1);
        hole -= 1;
      }
      score[hole] = heldScore;
      key[hole] = heldKey;
      value[hole] = heldValue;
    }
  }
}

/** Merges the sorted runs from `start` to `middle` and from `middle` to `end` into the same place of other columns. */
function createColumns(capacity: number): Columns {
  return {
    score: new Float64Array(capacity),
    key: new Uint32Array(capacity),
    value: new Uint32Array(capacity),
  };
}

function mergeRuns(
  from: Columns,
  to: Columns,
  { start, middle, end }: { readonly start: number; readonly middle: number; readonly end: number },
): void {
  let left = start;
  let right = middle;
  let target = start;
  while (left < middle && right < end) {
    if (isBefore(from, right, left)) {
      copyResult(to, target, { from, index: right });
      right += 1;
    } else {
      copyResult(to, target, { from, index: left });
      left += 1;
    }
    target += 1;
  }
  for (; left < middle; left += 1, target += 1) copyResult(to, target, { from, index: left });
  for (; right < end; right += 1, target += 1) copyResult(to, target, { from, index: right });
}

function copyResult(
  to: Columns,
  target: number,
  { from, index }: { readonly from: Columns; readonly index: number },
): void {
  to.score[target] = from.score[index] ?? 0;
  to.key[target] = from.key[index] ?? 0;
  to.value[target] = from.value[index] ?? 0;
}

function isBefore({ score, key }: Columns, left: number, right: number): boolean {
  const leftScore = score[left] ?? 0;
  const rightScore = score[right] ?? 0;
  if (leftScore !== rightScore) return leftScore < rightScore;
  return (key[left] ?? 0) < (key[right] ?? 0);
}
