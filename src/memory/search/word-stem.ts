import { IRREGULAR_WORDS } from './irregular-words.ts';

const VOWEL = /[aeiouy]/;
/** Consonant, vowel, consonant: such a stem lost an `e`, as in `hik(ing)`. */
const SHORT_STEM = /^[^aeiou][aeiouy][^aeiouwxy]$|^[aeiou][^aeiouwxy]$/;
const SHORTEST_WORD = 3;
/** Words that only look inflected. */
const UNINFLECTED: ReadonlySet<string> = new Set(
  'news during evening morning wedding building ceiling species series always'.split(' '),
);

interface Derivation {
  readonly ending: string;
  readonly rest: string;
  /** Letters that have to be left. */
  readonly letters: number;
}

/** Endings that change the kind of a word and not its subject; the first that fits is taken. */
const DERIVATIONS: readonly Derivation[] = [
  { ending: 'ization', rest: 'ize', letters: 3 },
  { ending: 'ational', rest: '', letters: 4 },
  { ending: 'fulness', rest: '', letters: 3 },
  { ending: 'iveness', rest: 'ive', letters: 3 },
  { ending: 'ation', rest: '', letters: 4 },
  { ending: 'ment', rest: '', letters: 6 },
  { ending: 'ness', rest: '', letters: 3 },
  { ending: 'ally', rest: 'al', letters: 3 },
  { ending: 'tion', rest: 't', letters: 2 },
  { ending: 'ful', rest: '', letters: 4 },
  { ending: 'ity', rest: '', letters: 4 },
  { ending: 'ate', rest: '', letters: 4 },
  { ending: 'ly', rest: '', letters: 3 },
];

/**
 * Takes the inflection off an English word, so that `painted`, `painting` and `paints` are found by each other, and `went` by
 * `goes`; words of other scripts and words with digits come back as they are. The rules are a small part of M. F. Porter, "An
 * algorithm for suffix stripping", 1980: plural, past, progressive and the commonest derivations.
 */
export function stemWord(word: string): string {
  if (word.length < SHORTEST_WORD || !/^[a-z]+$/.test(word)) return word;
  const singular = withoutPlural(word);
  const regular = IRREGULAR_WORDS.get(word) ?? IRREGULAR_WORDS.get(singular) ?? singular;
  if (regular.length <= SHORTEST_WORD || UNINFLECTED.has(regular)) return regular;
  return softEnd(withoutDerivation(withoutInflection(regular)));
}

function withoutPlural(word: string): string {
  if (word.length <= SHORTEST_WORD || UNINFLECTED.has(word)) return word;
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/(?:x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

function withoutInflection(word: string): string {
  if (word.endsWith('ied') && word.length > 4) return `${word.slice(0, -3)}y`;
  const ending = ['ingly', 'edly', 'ing', 'ed'].find((candidate) => word.endsWith(candidate));
  if (ending === undefined || word.endsWith('eed')) return word;
  const stem = word.slice(0, -ending.length);
  if (stem.length < 2 || !VOWEL.test(stem)) return word;
  return SHORT_STEM.test(stem) ? `${stem}e` : withoutDoubling(stem);
}

function withoutDoubling(stem: string): string {
  const last = stem.at(-1) ?? '';
  const isDoubled = last === stem.at(-2) && !/[aeiouylsz]/.test(last);
  return isDoubled ? stem.slice(0, -1) : stem;
}

function withoutDerivation(word: string): string {
  const derivation = DERIVATIONS.find(
    ({ ending, letters }) => word.endsWith(ending) && word.length - ending.length >= letters,
  );
  return derivation === undefined
    ? word
    : word.slice(0, -derivation.ending.length) + derivation.rest;
}

/** `happy` and `happi(ly)`, `decide` and `decid(ing)` end alike. */
function softEnd(word: string): string {
  if (word.length > 4 && word.endsWith('e')) return word.slice(0, -1);
  return word.length > SHORTEST_WORD && /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}i` : word;
}
