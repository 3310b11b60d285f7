/**
 * Ends of sentences, with the marks that may close behind them. Scripts that put no space after a full stop come second. The
 * look behind keeps a long run of full stops from being tried from each of its places.
 */
const TERMINATORS =
  /(?<spaced>(?<![.!?…؟۔।։።])[.!?…؟۔।։።]+["'”’»)\]*_]*(?=\s|$))|(?<dense>[。！？｡]+["'”’」』）】]*)/gu;

/**
 * Words that end in a full stop without ending a sentence, in the languages that chats are mostly written in; lower case,
 * without the last full stop. A word that is missing costs one border too many, which does no harm.
 */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  (
    'mr mrs ms dr prof sr jr st mt rev gen col lt sgt capt hon pres gov sen rep vs etc eg ie e.g i.e cf al approx ' +
    'inc ltd co corp dept est fig figs eq no nos vol pp p ed eds ch sec art ver rev max min avg tel ext ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ' +
    'a.m p.m u.s u.k ph.d b.sc m.sc d.c z.b bzw usw ca d.h u.a nr str hr fr mme m sra dra ud uds pág núm'
  ).split(' '),
);

const WORD_BEFORE = /[\p{L}\p{M}.]+$/u;
const STARTS_SMALL = /^\s*["'“‘«([]*\p{Ll}/u;
const STARTS_WITH_DIGIT = /^\s*\d/;
const INITIAL = /^\p{Lu}$/u;
/** Abbreviations are shorter; a longer look back would make a text without spaces quadratic. */
const LOOK_BACK = 16;
/** Room for white space and opening quotes. */
const LOOK_AHEAD = 8;
const NUMBER_SIGN = /^(?:no|nr|nos|fig|figs|eq|vol|p|pp|ch|sec|art|ver)$/;

/**
 * Where the sentences of a text end, in UTF-16 units and ascending; the last is the length of the text. Full stops in
 * numbers, abbreviations, initials and before a small letter end none.
 */
export function sentenceEnds(text: string): readonly number[] {
  const ends: number[] = [];
  for (const match of text.matchAll(TERMINATORS)) {
    const end = match.index + match[0].length;
    const isBorder = match.groups?.['dense'] !== undefined || endsSentence(text, match.index, end);
    if (isBorder && end < text.length) ends.push(end);
  }
  ends.push(text.length);
  return ends;
}

/** Whether the spaced terminator at `at` that reaches to `end` ends a sentence. */
function endsSentence(text: string, at: number, end: number): boolean {
  const mark = text.slice(at, end);
  const after = text.slice(end, end + LOOK_AHEAD);
  if (/[!?؟]/u.test(mark)) return !STARTS_SMALL.test(after) || !/["'”’»]/u.test(mark);
  if (STARTS_SMALL.test(after)) return false;
  if (!mark.startsWith('.') || mark.length > 1) return true;
  const word = WORD_BEFORE.exec(text.slice(Math.max(0, at - LOOK_BACK), at))?.[0] ?? '';
  if (INITIAL.test(word)) return false;
  const known = word.toLowerCase();
  if (!ABBREVIATIONS.has(known)) return true;
  // "no. 7" goes on, while a plain "no." ends a sentence before any word.
  return NUMBER_SIGN.test(known) && !STARTS_WITH_DIGIT.test(after);
}
