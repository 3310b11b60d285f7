const DECIMALS = 6;
const SMALLEST_FIXED = 0.0001;
const LARGEST_FIXED = 10_000;
/** As many decimals as there can be, which is more than numbers have that lie between two roundings. */
const ALL_DECIMALS = 100;
/** None from here on is a tie: its seven digits and a half, times a power of five, are more than the 53 bits of a double. */
const LARGEST_TIE = 1e30;

/** A number as a model is shown it: six decimals, in scientific form outside of 0.0001 to 10,000. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 'nan';
  if (size === Infinity) return value < 0 ? '-inf' : 'inf';
  if (size >= SMALLEST_FIXED && size <= LARGEST_FIXED)
    return tiesToEven(value.toFixed(DECIMALS), value.toFixed(ALL_DECIMALS));
  const [mantissa = '0', exponent = '+0'] = scientific(value).split('e');
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

function scientific(value: number): string {
  const rounded = value.toExponential(DECIMALS);
  const size = Math.abs(value);
  // Below 0.0001 there is none either: a double with so few digits has fewer than twelve decimals.
  if (size < SMALLEST_FIXED || size >= LARGEST_TIE) return rounded;
  const [mantissa = '', exponent = ''] = rounded.split('e');
  const [exact = ''] = value.toExponential(ALL_DECIMALS).split('e');
  return `${tiesToEven(mantissa, exact)}e${exponent}`;
}

/**
 * Ties go to the even digit, so that rounding many numbers leans to neither side; what JavaScript rounds goes away from zero. A
 * number that is even before its last half stays below it, so that nothing is carried and the exponent is that of the other.
 */
function tiesToEven(rounded: string, exact: string): string {
  const end = exact.length - (ALL_DECIMALS - DECIMALS);
  const isTie = /^50*$/.test(exact.slice(end));
  return isTie && Number(exact.charAt(end - 1)) % 2 === 0 ? exact.slice(0, end) : rounded;
}
