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
