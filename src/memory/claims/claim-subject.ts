import { searchTerms } from '../search/search-terms.ts';
import { ADVERBS, type ClaimWord } from './claim-words.ts';
import type { PhraseMatch } from './phrase-matcher.ts';

/** What a claim is about and what it says of it, in terms that claims are compared by. */
export interface ClaimTopic {
  readonly subject: string;
  readonly value: string;
}

const MAX_SUBJECT_TERMS = 4;
const MAX_VALUE_TERMS = 8;
/** A clause is over here. */
const ENDS: ReadonlySet<string> = new Set(
  'because since but so which if unless while though although instead rather , ; ( ) — – :'.split(
    ' ',
  ),
);
/** Behind `and` they begin another clause. */
const SPEAKER: ReadonlySet<string> = new Set(
  "i we my our i'm i've i'll we're we've we'll".split(' '),
);
const PREPOSITIONS: ReadonlySet<string> = new Set(
  'for as to at on in by from with over than until into via through of every each'.split(' '),
);
/** What a decision does with its object says little of what it is about. */
const LIGHT_WORDS: ReadonlySet<string> = new Set(
  (
    'to not against that we i will should on go going with use using adopt pick choose choosing switch switching stick sticking keep ' +
    'keeping make making it be is are was have has do a an the our my set run start move moving deploy host ship store ' +
    'schedule change changing been now stay staying build building new'
  ).split(' '),
);
const OWN = /^my /;
/** `for this` and `for now` are no purposes. */
const NO_PURPOSE: ReadonlySet<string> = new Set('this that it now me us you all'.split(' '));
const COPULAS: ReadonlySet<string> = new Set("is are will was were = it's".split(' '));

/** The words of the clause that begins at `from`, without the mark or the word that ends it. */
export function clauseFrom(words: readonly ClaimWord[], from: number): readonly ClaimWord[] {
  const end = words.findIndex(
    ({ key }, at) =>
      at > from && (ENDS.has(key) || (key === 'and' && SPEAKER.has(words[at + 1]?.key ?? ''))),
  );
  return words.slice(from, end < 0 ? words.length : end);
}

/** What a match with a gap or a topic of its own says: the subject stands in the phrase, the value behind it. */
export function namedTopic(
  { gap, topic }: PhraseMatch,
  object: readonly ClaimWord[],
  owner: string,
): ClaimTopic {
  const [value, purpose] = splitPurpose(object);
  const named = [...termsOf(gap), ...searchTerms(topic?.replace(OWN, '') ?? '')];
  return {
    subject: subjectKey(topic === null || OWN.test(topic) ? owner : '', [
      ...named,
      ...termsOf(purpose),
    ]),
    value: valueKey(termsOf(value)),
  };
}

/** What a decision or a plan says: it is about what it is for, or else about the first thing that it names. */
export function objectTopic(object: readonly ClaimWord[], owner: string = ''): ClaimTopic {
  const heavy = withoutLight(object);
  const copula = heavy.findIndex(({ key }) => COPULAS.has(key));
  if (copula > 0) {
    const [subject, value] = [heavy.slice(0, copula), heavy.slice(copula + 1)];
    return { subject: subjectKey(owner, termsOf(subject)), value: valueKey(termsOf(value)) };
  }
  const [rest, purpose] = splitPurpose(heavy);
  if (termsOf(purpose).length > 0) {
    return { subject: subjectKey(owner, termsOf(purpose)), value: valueKey(termsOf(rest)) };
  }
  const border = rest.findIndex(({ key }, at) => at > 0 && PREPOSITIONS.has(key));
  const head = termsOf(rest.slice(0, border < 0 ? rest.length : border).filter(isNoFigure));
  return { subject: subjectKey(owner, head), value: valueKey(termsOf(rest)) };
}

/** What a preference says: it is about all that it names, and says which of it comes first, or `not`. */
export function preferenceTopic(
  object: readonly ClaimWord[],
  { owner, isLiked }: { readonly owner: string; readonly isLiked: boolean },
): ClaimTopic {
  const terms = termsOf(object);
  return {
    subject: subjectKey(owner, terms),
    value: isLiked ? (terms[0] ?? '') : `not ${terms[0] ?? ''}`,
  };
}

/** Terms of words, without those that say nothing. */
export function termsOf(words: readonly ClaimWord[]): readonly string[] {
  return words
    .filter(({ kind, key }) => kind !== 'mark' && !ADVERBS.has(key))
    .flatMap(({ key }) => searchTerms(key));
}

function subjectKey(owner: string, terms: readonly string[]): string {
  const unique = [...new Set(terms)].slice(0, MAX_SUBJECT_TERMS).toSorted();
  if (unique.length === 0) return '';
  return owner === '' ? unique.join(' ') : `${owner}: ${unique.join(' ')}`;
}

function valueKey(terms: readonly string[]): string {
  return [...new Set(terms)].slice(0, MAX_VALUE_TERMS).join(' ');
}

function withoutLight(words: readonly ClaimWord[]): readonly ClaimWord[] {
  const from = words.findIndex(({ key }) => !LIGHT_WORDS.has(key));
  return from < 0 ? [] : words.slice(from);
}

/** What stands before and behind `for` or `as`; `for two weeks` is no purpose. */
function splitPurpose(
  words: readonly ClaimWord[],
): readonly [rest: readonly ClaimWord[], purpose: readonly ClaimWord[]] {
  const at = words.findIndex(({ key }, index) => index > 0 && (key === 'for' || key === 'as'));
  if (at < 0) return [words, []];
  const behind = words.slice(at + 1);
  const border = behind.findIndex(({ key }, index) => index > 0 && PREPOSITIONS.has(key));
  const purpose = border < 0 ? behind : behind.slice(0, border);
  if (!purpose.every(isNoFigure) || NO_PURPOSE.has(purpose[0]?.key ?? '')) return [words, []];
  return [words.slice(0, at), purpose];
}

function isNoFigure({ kind }: ClaimWord): boolean {
  return kind !== 'figure';
}
