import { GenerationMap } from '../generation-map.ts';
import { STOP_WORDS } from './stop-words.ts';
import { stemWord } from './word-stem.ts';

/** The longest term in UTF-16 units; a longer word is known by its beginning. */
export const MAX_TERM_LENGTH = 48;

/** A word with what joins identifiers, paths, versions, dates and addresses. */
const COMPOUND = /[\p{L}\p{N}\p{M}]+(?:[_\-./:@'’+][\p{L}\p{N}\p{M}]+)*/gu;
const JOINT = /[_\-./:@'’+]/;
const NUMBER_PARTS = /^[\p{N}_\-./:+]+$/u;
/** Of a date, the year is a term of its own. */
const YEAR_DIGITS = 4;
const APOSTROPHE = /['’]/;
/** Scripts that are written without spaces between words. */
const UNSPACED_LETTER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;
const UNSPACED_RUN = new RegExp(`${UNSPACED_LETTER.source}+`, 'gu');
const CAMEL_BORDER = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const ASCII_WORD = /^[a-z]+$/;
/** Terms of words that were looked at lately: a few thousand make up most of what people write, and are not cut each time. */
const KNOWN_WORDS = /* @__PURE__ */ new GenerationMap<string, readonly string[]>(2_048);
/** What V8 cuts out of a text that is longer than this keeps the whole text in memory. */
const MAX_KNOWN_LENGTH = 12;
/** Numbers and ids rarely come twice, and would take the place of words. */
const HAS_DIGIT = /\p{N}/u;
const LAST_DIGIT = 0x39;
/** What apostrophes leave behind. */
const CLITICS: ReadonlySet<string> = new Set(
  `s t m re ve ll d don didn doesn isn wasn won couldn wouldn shouldn haven hasn hadn aren weren ain`.split(
    ' ',
  ),
);

/**
 * The terms of a text in their order, as they are indexed and searched for. Words are folded (NFKC, lower case), English
 * inflection and stop words are dropped; identifiers, paths, versions and dates stay whole and are split as well; scripts
 * without spaces give pairs of characters.
 */
export function searchTerms(text: string): readonly string[] {
  const terms: string[] = [];
  pushSpaced(terms, text.normalize('NFKC'));
  return terms;
}

function pushCompound(terms: string[], compound: string): void {
  if (ASCII_WORD.test(compound)) pushWord(terms, compound);
  else if (UNSPACED_LETTER.test(compound)) pushMixed(terms, compound);
  else if (JOINT.test(compound)) pushJoined(terms, compound);
  else pushName(terms, compound, compound.split(CAMEL_BORDER));
}

function pushJoined(terms: string[], compound: string): void {
  const parts = compound.split(JOINT);
  if (NUMBER_PARTS.test(compound)) {
    pushTerm(terms, compound);
    for (const part of parts) if (part.length === YEAR_DIGITS) pushTerm(terms, part);
    return;
  }
  if (APOSTROPHE.test(compound)) {
    const words = parts.map((part) => part.toLowerCase());
    for (const word of words) if (!CLITICS.has(word)) pushWord(terms, word);
    return;
  }
  pushName(
    terms,
    compound,
    parts.flatMap((part) => part.split(CAMEL_BORDER)),
  );
}

/** A word, or an identifier that is kept whole beside its parts. */
function pushName(terms: string[], name: string, parts: readonly string[]): void {
  if (parts.length === 1) {
    pushWord(terms, name.toLowerCase());
    return;
  }
  pushTerm(terms, name.toLowerCase());
  for (const part of parts) if (part.length > 1) pushWord(terms, part.toLowerCase());
}

/** Runs without spaces and the words around them. */
function pushMixed(terms: string[], compound: string): void {
  let from = 0;
  for (const { 0: run, index } of compound.matchAll(UNSPACED_RUN)) {
    pushSpaced(terms, compound.slice(from, index));
    pushPairs(terms, run);
    from = index + run.length;
  }
  pushSpaced(terms, compound.slice(from));
}

function pushSpaced(terms: string[], text: string): void {
  // As texts: an iterator makes objects for each word, and texts are cut for every page that is looked at.
  for (const compound of text.match(COMPOUND) ?? []) {
    if (compound.length > MAX_KNOWN_LENGTH || compound.charCodeAt(0) <= LAST_DIGIT) {
      pushCompound(terms, compound);
    } else for (const term of termsOfKnown(compound)) terms.push(term);
  }
}

function termsOfKnown(word: string): readonly string[] {
  const known = KNOWN_WORDS.get(word);
  if (known !== undefined) return known;
  const terms: string[] = [];
  pushCompound(terms, word);
  if (!HAS_DIGIT.test(word)) KNOWN_WORDS.set(word, terms);
  return terms;
}

function pushPairs(terms: string[], run: string): void {
  let previous = '';
  let count = 0;
  for (const character of run) {
    if (count > 0) pushTerm(terms, previous + character);
    previous = character;
    count += 1;
  }
  if (count === 1) pushTerm(terms, previous);
}

function pushWord(terms: string[], word: string): void {
  if (STOP_WORDS.has(word)) return;
  pushTerm(terms, stemWord(word));
}

function pushTerm(terms: string[], term: string): void {
  terms.push(term.length > MAX_TERM_LENGTH ? beginningOf(term) : term);
}

/** Never half of a character. */
function beginningOf(term: string): string {
  const isSplit = (term.codePointAt(MAX_TERM_LENGTH - 1) ?? 0) > 0xffff;
  return term.slice(0, isSplit ? MAX_TERM_LENGTH - 1 : MAX_TERM_LENGTH);
}
