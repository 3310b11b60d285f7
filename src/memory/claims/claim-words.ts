/** A word or a mark of a sentence. */
export interface ClaimWord {
  /** Lower case, with straight apostrophes. */
  readonly key: string;
  /** In UTF-16 units of the sentence. */
  readonly start: number;
  readonly end: number;
  /** What its form tells; `mark` is punctuation, and `quoted` what somebody else said or code. */
  readonly kind: 'word' | 'name' | 'figure' | 'mark' | 'quoted';
}

const WORD =
  /[$€£¥]?\p{N}+(?:[.,:/-]\p{N}+)*\p{L}*%?|[\p{L}\p{N}]+(?:[_'’.@/+-][\p{L}\p{N}]+)*|[,;:()—–]|-(?=\s)/gu;
const MARKS: ReadonlySet<string> = new Set([',', ';', ':', '(', ')', '—', '–', '-']);
/** Most words, of which nothing else has to be looked at. */
const PLAIN = /^[a-z]+$/;
/** Acronyms are shorter. */
const SHOUTED = /^\p{Lu}{6,}$/u;
const HAS_DIGIT = /\p{N}/u;
const CAPITAL = /^\p{Lu}/u;
/** Words of dates and amounts; `may` and `march` only count by the number beside them. */
const FIGURE_WORDS: ReadonlySet<string> = new Set(
  (
    'january february april june july august september october november december monday tuesday wednesday thursday friday ' +
    'saturday sunday today tomorrow yesterday tonight noon midnight weekly daily monthly quarterly two three four five six ' +
    'seven eight nine ten twelve twenty thirty forty fifty hundred thousand million billion dozen'
  ).split(' '),
);
/** Words that may stand anywhere in a statement and change nothing of what it is about. */
export const ADVERBS: ReadonlySet<string> = new Set(
  (
    'really also just finally then now already definitely both all currently absolutely actually totally still always ' +
    'generally usually strongly much personally recently anymore'
  ).split(' '),
);
/** Capitalised wherever they stand. */
const NO_NAMES: ReadonlySet<string> = new Set("i i'm i'd i'll i've ok".split(' '));

/** The words and marks of a sentence; `isQuoted` says which places are not the speaker's own words. */
export function claimWords(
  sentence: string,
  isQuoted: (at: number) => boolean = () => false,
): readonly ClaimWord[] {
  const words: ClaimWord[] = [];
  // Looked at when there is a capital letter that it makes a difference for.
  let isTitle: boolean | null = null;
  for (const { 0: text, index: start } of sentence.matchAll(WORD)) {
    const isPlain = PLAIN.test(text);
    const key = isPlain ? text : text.toLowerCase().replaceAll('’', "'");
    let kind = isPlain ? plainKind(key) : kindOf(text, key);
    if (kind === 'name') {
      isTitle ??= isTitleCase(sentence);
      // The first word of a sentence is capitalised anyway.
      if (isTitle || words.length === 0) kind = 'word';
    }
    if (isQuoted(start)) kind = 'quoted';
    words.push({ key, start, end: start + text.length, kind });
  }
  return words;
}

/** Where most words are capitalised, none is a name for that. */
function isTitleCase(sentence: string): boolean {
  const capitals = sentence.match(/(?<![\p{L}\p{N}])\p{Lu}/gu)?.length ?? 0;
  const smalls = sentence.match(/(?<![\p{L}\p{N}'’])\p{Ll}/gu)?.length ?? 0;
  return capitals > smalls;
}

function plainKind(key: string): ClaimWord['kind'] {
  return FIGURE_WORDS.has(key) ? 'figure' : 'word';
}

function kindOf(text: string, key: string): ClaimWord['kind'] {
  if (MARKS.has(text)) return 'mark';
  if (HAS_DIGIT.test(text) || FIGURE_WORDS.has(key)) return 'figure';
  return CAPITAL.test(text) && !SHOUTED.test(text) && !NO_NAMES.has(key) ? 'name' : 'word';
}
