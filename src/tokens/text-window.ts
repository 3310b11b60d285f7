/** UTF-16 units in a window: enough to make cuts rare, few enough for its bytes to stay in the CPU's cache. */
export const WINDOW_LENGTH = 16_384;

/**
 * Where text has no safe cut for this long, it is cut all the same, to bound memory. Twice what the end of a piece may depend
 * on, and a unit takes a byte at least: so half of such a window is certain, and the next one can begin there.
 */
const MAX_WINDOW_LENGTH = 2 ** 23;

const SPACE = 0x20;
const NEWLINE = 0x0a;

/**
 * The end of the window of text that starts at `start`, in UTF-16 units: a place where a piece surely ends in both
 * encodings, so that the tokens of all windows add up to those of the text. Without such a place a window grows, up to eight
 * million units.
 */
export function windowEnd(text: string, start: number): number {
  const wanted = start + WINDOW_LENGTH;
  if (wanted >= text.length) return text.length;
  for (let at = wanted; at > start; at--) {
    if (isCut(text, at)) return at;
  }
  const longest = Math.min(start + MAX_WINDOW_LENGTH, text.length);
  for (let at = wanted + 1; at < longest; at++) {
    if (isCut(text, at)) return at;
  }
  return isInsidePair(text, longest) ? longest - 1 : longest;
}

/**
 * Whether a piece surely ends before `at`: a space never joins the letter or digit before it, and nothing but white space
 * or a slash joins the line end before it.
 */
function isCut(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  if (after === SPACE) return isAsciiWord(before);
  return before === NEWLINE && (isAsciiWord(after) || isEastAsian(after));
}

function isInsidePair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

function isAsciiWord(unit: number): boolean {
  const lowerCase = unit | 0x20;
  return (lowerCase >= 0x61 && lowerCase <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}

/** Kana, Han and Hangul: written without spaces, so that lines are the only places to cut at. */
function isEastAsian(unit: number): boolean {
  return unit >= 0x3041 && unit <= 0xd7a3;
}
