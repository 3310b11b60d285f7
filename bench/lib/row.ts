/** Which direction of a metric is good. */
export type Better = 'higher' | 'lower';

/** One comparison, as it is printed and saved. `ratio` above 1 means that ours is better. */
export interface BenchRow {
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  readonly ratio: number;
}

/** Completes a comparison with its ratio, which reads the same way for speeds and for times. */
export function compareRow(row: Omit<BenchRow, 'ratio'>, better: Better): BenchRow {
  const ratio = better === 'higher' ? row.ours / row.theirs : row.theirs / row.ours;
  return { ...row, ratio: round(ratio, 3) };
}

/** Rounds to a number of significant digits: a benchmark knows no more. */
export function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
