import { FACTORS, roundProduct } from './number-words.ts';

/** What can stand between digits of one number. */
const SEPARATORS = " ,.'_";
/** As computers write it, and with commas between thousands. */
const PLAIN = /\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+/y;
const EXPONENT = /[eE][+-]?\d{1,3}(?![\p{L}\p{N}])/uy;
/** Thousands apart by any sign, and a decimal point or comma that is another one. Bounded, so that a long row is not read again and again. */
const GROUPED = /([1-9]\d{0,2}([ .'_])\d{3}(?:\2\d{3}){0,6})(?!\d)(?:(?!\2)[.,](\d{1,15})(?!\d))?/y;
/** As in India: two digits each, and the last three. */
const LAKHS = /([1-9]\d?(?:,\d{2}){1,5},\d{3})(?!\d)(?:\.(\d{1,15})(?!\d))?/y;
/** Lists as `1,5,7` have none. */
const DECIMAL_COMMA = /(?<!\d[.,])(\d{1,15}),(\d{1,15})(?![.,]?\d)/y;

const SCALES: Readonly<Record<string, number>> = {
  ...FACTORS,
  k: 1e3,
  m: 1e6,
  mn: 1e6,
  mio: 1e6,
  mln: 1e6,
  b: 1e9,
  bn: 1e9,
  tn: 1e12,
  lakh: 1e5,
  crore: 1e7,
  百: 100,
  千: 1e3,
  천: 1e3,
  万: 1e4,
  萬: 1e4,
  만: 1e4,
  亿: 1e8,
  億: 1e8,
  억: 1e8,
  兆: 1e12,
};
const SCALE =
  /[ -]?(?:((?:dozen|hundred|thousand|lakh|million|crore|billion|trillion)(?=s?(?![\p{L}\p{N}_]))|(?:mn|mio|mln|bn|tn|[kmb])(?![\p{L}\p{N}_]))|([百千천万萬만亿億억兆]))/iuy;
const PERCENT = /\s?(?:%|percent\b)/iy;
const HUNDRED = 100;
const SCALE_BEGINNINGS = '%bcdhklmptBCDHKLMPT';
const LAST_ASCII = '\x7F';

/** The readings of a figure. */
export interface Figure {
  readonly numbers: readonly number[];
  /** Where its plain reading ends, from where the text is read on. */
  readonly end: number;
  /** Where its groups of three digits end; what is within them begins no other ones. */
  readonly groupsEnd: number;
}

/** One way to read a figure. */
interface Reading {
  readonly digits: string;
  readonly end: number;
}

/**
 * The numbers that a figure may be, the plain one first: where people write it in two ways, as `1,234` and `1.234`, both; with what
 * follows it, as in `1.5k`, `3 million` or `10%`, that number too. `groupsEnd` is where the last groups before it ended.
 */
export function readFigure(text: string, start: number, groupsEnd: number): Figure {
  const plain = plainAt(text, start);
  const { end } = plain;
  const shape = shapeAt(text, start);
  if (shape === null) return { numbers: valuesOf(text, plain), end, groupsEnd };
  const groups = start < groupsEnd ? null : groupedAt(text, start, shape);
  const comma = shape.separator === ',' ? decimalCommaAt(text, start) : null;
  const numbers = [...valuesOf(text, plain)];
  for (const reading of [groups, comma]) {
    if (reading === null) continue;
    for (const value of valuesOf(text, reading)) if (!numbers.includes(value)) numbers.push(value);
  }
  return { numbers, end, groupsEnd: groups?.end ?? groupsEnd };
}

/** How a figure goes on where a sign stands between its digits: what decides which readings there are at all. */
interface Shape {
  readonly separator: string;
  /** Digits before the first separator, and behind it, counted up to one more than there are in a group. */
  readonly before: number;
  readonly behind: number;
}

const GROUP_DIGITS = 3;
const LAKH_DIGITS = 2;
/** No number with more of them has separators. */
const MAX_DIGITS = 15;

/** Null where only the plain reading is possible: nearly always, and to find that out by the patterns takes longer. */
function shapeAt(text: string, start: number): Shape | null {
  const before = digitsAt(text, start, MAX_DIGITS);
  const at = start + before;
  const separator = text.charAt(at);
  if (before === 0 || !SEPARATORS.includes(separator)) return null;
  const behind = digitsAt(text, at + 1, GROUP_DIGITS + 1);
  const isPossible = separator === ',' ? behind > 0 : behind === GROUP_DIGITS && before <= behind;
  return isPossible ? { separator, before, behind } : null;
}

function digitsAt(text: string, start: number, most: number): number {
  let count = 0;
  while (count < most && isDigit(text.charAt(start + count))) count += 1;
  return count;
}

function plainAt(text: string, start: number): Reading {
  const digits = matchAt(PLAIN, text, start)?.[0] ?? '';
  const end = start + digits.length;
  const plain = digits.includes(',') ? digits.replaceAll(',', '') : digits;
  const next = text.charAt(end);
  if (next !== 'e' && next !== 'E') return { digits: plain, end };
  const exponent = matchAt(EXPONENT, text, end)?.[0] ?? '';
  return { digits: plain + exponent, end: end + exponent.length };
}

function isDigit(sign: string): boolean {
  return sign >= '0' && sign <= '9';
}

function groupedAt(text: string, start: number, shape: Shape): Reading | null {
  // With commas between thousands the plain reading is that.
  if (shape.separator === ',') return shape.behind === LAKH_DIGITS ? lakhsAt(text, start) : null;
  const [all, whole = '', , decimals] = matchAt(GROUPED, text, start) ?? [];
  return all === undefined ? null : joined(whole, decimals, start + all.length);
}

function lakhsAt(text: string, start: number): Reading | null {
  const [all, whole = '', decimals] = matchAt(LAKHS, text, start) ?? [];
  return all === undefined ? null : joined(whole, decimals, start + all.length);
}

function decimalCommaAt(text: string, start: number): Reading | null {
  const [all, whole = '', decimals] = matchAt(DECIMAL_COMMA, text, start) ?? [];
  if (all === undefined) return null;
  return joined(whole, decimals, start + all.length);
}

function joined(whole: string, decimals: string | undefined, end: number): Reading {
  const digits = whole.replaceAll(/\D/g, '');
  return { digits: decimals === undefined ? digits : `${digits}.${decimals}`, end };
}

function valuesOf(text: string, { digits, end }: Reading): readonly number[] {
  const value = Number(digits);
  if (!Number.isFinite(value)) return [];
  if (!mayBeScaled(text, end)) return [value];
  if (matchAt(PERCENT, text, end) !== null) return [value, value / HUNDRED];
  const [, word, sign] = matchAt(SCALE, text, end) ?? [];
  const scale = SCALES[(word ?? sign ?? '').toLowerCase()];
  return scale === undefined ? [value] : [value, roundProduct(value, scale)];
}

/** Most figures are followed by neither a percentage nor a scale, and to find that out by their patterns takes longer. */
function mayBeScaled(text: string, end: number): boolean {
  const next = text.charAt(end);
  const first = next <= ' ' || next === '-' ? text.charAt(end + 1) : next;
  return first !== '' && (first > LAST_ASCII || SCALE_BEGINNINGS.includes(first));
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
