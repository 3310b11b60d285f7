/** Looking at this much text on each side decides almost every border; all of it could be megabytes. */
const NEIGHBOURHOOD = 64;

let segmenter: Intl.Segmenter | undefined;

/**
 * The last place at or before `at`, in UTF-16 units, where text may be cut without tearing apart what a reader sees as one
 * character (an emoji with its skin tone, a letter with its accents). What is longer than 64 units is cut between code points.
 */
export function graphemeBorder(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  const from = codePointBorder(text, Math.max(0, at - NEIGHBOURHOOD));
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const around = segmenter.segment(text.slice(from, at + NEIGHBOURHOOD));
  const start = around.containing(at - from)?.index ?? 0;
  return start === 0 && from > 0 ? codePointBorder(text, at) : from + start;
}

/** The last place at or before `at` that is not between the two halves of a surrogate pair. */
function codePointBorder(text: string, at: number): number {
  const isSplit = (text.codePointAt(at - 1) ?? 0) > 0xffff;
  return isSplit ? at - 1 : at;
}
