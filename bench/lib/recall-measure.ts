/** The words that the measure leaves out, chosen apart from those that the search leaves out. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after again all also am an and any are as at be because been before being but by can could did do does doing
  don for from get got had has have having he her here hers him his how i if in into is it its just let like ll m me more
  most my no not now of off on one only or other our out over own re really s said same say she should so some such t than
  that the their them then there these they this those through to too up us ve very was we were what when where which
  while who whom why will with would you your yours`.split(/\s+/),
);

/** The distinct content words of a text, lower-cased. */
export function contentWords(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !STOP_WORDS.has(word)));
}

/** The share of a turn's distinct content words that stand in its own text in the context. */
export function wordsKept(whole: ReadonlySet<string>, text: string | undefined): number {
  if (text === undefined) return 0;
  if (whole.size === 0) return 1;
  const kept = contentWords(text);
  let found = 0;
  for (const word of whole) if (kept.has(word)) found += 1;
  return found / whole.size;
}
