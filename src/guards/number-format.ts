const DECIMALS = 6;
const SMALLEST_FIXED = 0.0001;
const LARGEST_FIXED = 10_000;

/** A number as a model is shown it: six decimals, in scientific form outside of 0.0001 to 10,000. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 'nan';
  if (size === Infinity) return value < 0 ? '-inf' : 'inf';
  if (size >= SMALLEST_FIXED && size <= LARGEST_FIXED) return fixed(value);
  const [mantissa = '0', exponent = '+0'] = value.toExponential(DECIMALS).split('e');
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

/**
 * Ties go to the even digit, so that rounding many numbers leans to neither side. Twenty decimals tell a tie from its
 * neighbours, since numbers from 0.0001 on are further apart than that.
 */
function fixed(value: number): string {
  const rounded = value.toFixed(DECIMALS);
  const [, fraction = ''] = value.toFixed(20).split('.');
  const isTie = /^50*$/.test(fraction.slice(DECIMALS));
  if (!isTie) return rounded;
  const step = 10 ** -DECIMALS;
  const digit = Number(rounded.at(-1));
  return digit % 2 === 0 ? rounded : (Number(rounded) - Math.sign(value) * step).toFixed(DECIMALS);
}
