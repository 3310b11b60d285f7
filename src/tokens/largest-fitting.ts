/**
 * The largest whole number from 0 to `highest` that fits, by halving: `fits` must hold up to some number and for none above.
 * 0 is taken to fit.
 */
export function largestFitting(highest: number, fits: (value: number) => boolean): number {
  let low = 0;
  let high = highest;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** As {@link largestFitting}, from a guess: one that is right, or one too high, takes two questions. */
export function largestFittingNear(
  guess: number,
  highest: number,
  fits: (value: number) => boolean,
): number {
  const start = Math.min(highest, Math.max(0, guess));
  if (start > 0 && !fits(start)) return fittingBelow(start, fits);
  let low = start;
  for (let step = 1; low < highest; step *= 2) {
    const next = Math.min(highest, low + step);
    if (!fits(next)) return fittingFrom(low, next, fits);
    low = next;
  }
  return low;
}

/** The largest that fits below one that does not. */
function fittingBelow(limit: number, fits: (value: number) => boolean): number {
  let high = limit;
  for (let step = 1; ; step *= 2) {
    const low = Math.max(0, high - step);
    if (low === 0 || fits(low)) return fittingFrom(low, high, fits);
    high = low;
  }
}

/** The largest that fits from one that does to one that does not. */
function fittingFrom(low: number, high: number, fits: (value: number) => boolean): number {
  return low + largestFitting(high - 1 - low, (more) => fits(low + more));
}
