import { median } from './median.ts';

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
  return { ...row, ratio: round(ratioOf(row.ours, row.theirs, better), 3) };
}

/** What was measured of both in the same rounds, in their order. */
export interface Rounds {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * Compares round by round: the values are the middle of each, and the ratio is the middle of those of the rounds. A
 * machine that changes its speed in the middle of a run changes both sides of a round, but only one of two middles.
 */
export function compareRounds(
  row: Pick<BenchRow, 'metric' | 'unit' | 'peer'>,
  { ours, theirs }: Rounds,
  better: Better,
): BenchRow {
  const ratios = ours.map((value, index) => ratioOf(value, theirs[index] ?? Number.NaN, better));
  return {
    ...row,
    ours: round(median(ours), 3),
    theirs: round(median(theirs), 3),
    ratio: round(median(ratios), 3),
  };
}

function ratioOf(ours: number, theirs: number, better: Better): number {
  return better === 'higher' ? ours / theirs : theirs / ours;
}

/** Rounds to a number of significant digits: a benchmark knows no more. */
export function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
