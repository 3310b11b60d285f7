import type { ArgumentNumber } from './argument-numbers.ts';

/** Words of parameter names whose numbers are chosen, not computed: how many, which one, when, with what settings. */
const ORDINARY_WORDS: ReadonlySet<string> = new Set(
  `limit max min page pages per size count counts num number n k top first last skip offset start end from to cursor index idx
  position rank level depth id ids uid key code no nr ref phone zip postal year month day week date dob hour hours minute minutes
  second seconds ms time timestamp timezone duration timeout ttl interval delay deadline version port priority seed retry retries
  attempt attempts batch width height length lines line columns rows precision decimals digits temperature verbosity age adults
  children guests passengers nights quantity qty step steps`.split(/\s+/),
);
const WORD_BORDER = /[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{N})(?=\p{Lu})/u;
/** What was found out of names: a conversation uses the same ones again and again. */
const knownNames = new Map<string, boolean>();
const MAX_KNOWN = 1_024;
const SMALL = 10;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;
/** From here on, whole numbers are identifiers or times more often than amounts. */
const IDENTIFIER = 100_000_000;
const MAX_ROUND_DIGITS = 6;

/**
 * Whether a number needs no source: small whole numbers and halves, powers of ten, years, identifiers, and whatever stands
 * under a name that says how many, which one or when.
 */
export function isOrdinaryNumber({ name, value }: ArgumentNumber): boolean {
  return isOrdinaryValue(Math.abs(value)) || isOrdinaryName(name);
}

/** Whether a parameter's name says how many, which one or when. */
export function isOrdinaryName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isOrdinary = hasOrdinaryWord(name);
  // Names come from models, so there may be any number of them.
  if (knownNames.size >= MAX_KNOWN) knownNames.clear();
  knownNames.set(name, isOrdinary);
  return isOrdinary;
}

function hasOrdinaryWord(name: string): boolean {
  const words = name.split(WORD_BORDER).filter((word) => word !== '');
  return words.some((word) => ORDINARY_WORDS.has(word.toLowerCase()));
}

function isOrdinaryValue(size: number): boolean {
  if (!Number.isInteger(size)) return size === 0.5;
  if (size <= SMALL || size >= IDENTIFIER) return true;
  if (size >= FIRST_YEAR && size <= LAST_YEAR) return true;
  const exponent = Math.round(Math.log10(size));
  return exponent <= MAX_ROUND_DIGITS && 10 ** exponent === size;
}
