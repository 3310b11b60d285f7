/** Upper bounds of the buckets of `turnTimes`, in milliseconds; the last bucket has none. */
export const TURN_TIME_BOUNDS_MS: readonly number[] = [
  0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000,
];

/** Upper bounds of the buckets of `turnCalls`; the last bucket has none. */
export const TURN_CALLS_BOUNDS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Counts values by buckets that do not change, so that threads can share them and their sums mean something. */
export class FigureBuckets {
  readonly #bounds: readonly number[];
  readonly #counts: number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = noFigures(bounds).slice();
  }

  /** Counts a value in the first bucket whose bound it does not exceed. */
  add(value: number): void {
    const bounds = this.#bounds;
    let index = 0;
    // By hand: this runs for every turn.
    while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** How many values came into each bucket so far. */
  counts(): readonly number[] {
    return this.#counts.slice();
  }
}

/** Buckets that nothing came into. */
export function noFigures(bounds: readonly number[]): readonly number[] {
  return Array.from({ length: bounds.length + 1 }, () => 0);
}

/** Bucket by bucket. */
export function sumFigures(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((count, index) => count + (right[index] ?? 0));
}
