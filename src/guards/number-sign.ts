/** Whether a number is negative: it is, it is not, or people who write so may mean either. */
export type NumberSign = 'none' | 'minus' | 'either';

/** What a hyphen stands between, where it is no sign. */
const BEFORE_HYPHEN = /[\p{L}\p{N}_)\]]/u;
const CURRENCY_SIGN = /\p{Sc}/u;
const IN_WORDS = /(?<![\p{L}\p{N}_])(?:minus|negative) $/iu;
/** Characters that {@link IN_WORDS} looks at, with the one before. */
const WORDS_LENGTH = 'negative '.length + 1;

/** The sign of what begins at an index: `-4`, `minus 4` and `-$4`. */
export function signAt(text: string, start: number): NumberSign {
  const before = text.charAt(start - 1);
  if (before === '-') return isHyphenSign(text, start - 1) ? 'minus' : 'none';
  if (before === ' ') return isSaid(text, start) ? 'either' : 'none';
  if (text.charAt(start - 2) !== '-' || !CURRENCY_SIGN.test(before)) return 'none';
  return isHyphenSign(text, start - 2) ? 'either' : 'none';
}

function isHyphenSign(text: string, index: number): boolean {
  return !BEFORE_HYPHEN.test(text.charAt(index - 1));
}

function isSaid(text: string, start: number): boolean {
  const last = text.charAt(start - 2);
  if (last !== 's' && last !== 'S' && last !== 'e' && last !== 'E') return false;
  return IN_WORDS.test(text.slice(Math.max(0, start - WORDS_LENGTH), start));
}
