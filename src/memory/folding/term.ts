import { STOP_WORDS } from './stop-words.ts';

/** What a word is, as far as its form tells. */
export type TermKind = 'word' | 'name' | 'number' | 'identifier' | 'signs';

/** A word of a text that says something. */
export interface Term {
  /** Lower case. */
  readonly key: string;
  readonly kind: TermKind;
  /** Where it begins, in UTF-16 units of the text it was found in. */
  readonly at: number;
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
const HAS_DIGIT = /\p{N}/u;
const STARTS_WITH_DIGIT = /^\p{N}/u;
const IS_IDENTIFIER = /_|\p{Ll}\p{Lu}/u;
const IS_CAPITALISED = /^\p{Lu}/u;
/** Scripts that are written without spaces between words. */
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** A longer run without a space is data, not a word. */
const MAX_TERM_LENGTH = 64;

/** The terms of a piece of text in order, repeated ones too; words that say nothing are left out. */
export function termsIn(text: string): readonly Term[] {
  const terms: Term[] = [];
  let isFirst = true;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (DENSE.test(word)) pushSigns(terms, word, index);
    else pushWord(terms, { word, at: index, isFirst });
    isFirst = false;
  }
  return terms;
}

/** The form of a word without the commonest English endings, so that "caching" finds "cached". */
export function stemOf(word: string): string {
  if (word.length < 4) return word;
  const bare = word
    .replace(/(?:'s|ies|y)$/, 'i')
    .replace(/(?:ing|ed|es|s|ly|er|ers|ation|ations|ment|ments)$/, '')
    .replace(/e$/, '');
  const single = bare.replace(/(?<letter>[^aeiouls])\k<letter>$/, '$1');
  return single.length < 3 ? word : single;
}

/** Pairs of neighbours stand for words where nothing tells where words end. */
function pushSigns(terms: Term[], run: string, at: number): void {
  const signs = [...run];
  let place = at;
  for (const [index, sign] of signs.entries()) {
    const next = signs[index + 1];
    if (next !== undefined || signs.length === 1)
      terms.push({ key: `${sign}${next ?? ''}`.toLowerCase(), kind: 'signs', at: place });
    place += sign.length;
  }
}

function pushWord(
  terms: Term[],
  { word, at, isFirst }: { readonly word: string; readonly at: number; readonly isFirst: boolean },
): void {
  if (word.length > MAX_TERM_LENGTH) return;
  const key = word.toLowerCase();
  if (STOP_WORDS.has(key) || (word.length === 1 && !HAS_DIGIT.test(word))) return;
  terms.push({ key, kind: kindOf(word, isFirst), at });
}

function kindOf(word: string, isFirst: boolean): TermKind {
  if (STARTS_WITH_DIGIT.test(word)) return 'number';
  if (HAS_DIGIT.test(word) || IS_IDENTIFIER.test(word)) return 'identifier';
  // The first word of a sentence is capitalised anyway, unless all of it is.
  if (IS_CAPITALISED.test(isFirst ? word.slice(1) : word)) return 'name';
  return 'word';
}
