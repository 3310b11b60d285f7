import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClaimWord, claimWords } from '../../../../src/memory/claims/claim-words.ts';
import { phraseMatcher } from '../../../../src/memory/claims/phrase-matcher.ts';

const WORDS = ['we', 'and', 'use', 'used', 'budget', 'is', 'really', 'Redis', 'so', 'the', '7'];
const PARTS = ['we|the', 'use*', '...', 'budget', 'is|are', 'redis', ':', '7|budget'];
/** Of the words above, those that a clause may begin with, that stand for somebody, and that may stand anywhere. */
const [OPENERS, PRONOUNS, ADVERBS] = [['and', 'so'], ['we'], ['really']];
const MAX_GAP = 4;

const aPhrase = fc
  .tuple(
    fc.constantFrom('', '^', '^^'),
    fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 4 }),
  )
  .map(([anchor, parts]) => [anchor, ...parts].join(' ').trim());
const aSentence = fc
  .array(fc.constantFrom(...WORDS, ',', ':'), { maxLength: 12 })
  .map((words) => words.join(' '));

function fits(word: ClaimWord | undefined, part: string): boolean {
  return part
    .split('|')
    .some((one) =>
      one.endsWith('*') ? word?.key.startsWith(one.slice(0, -1)) : word?.key === one,
    );
}

function begins(words: readonly ClaimWord[], at: number, anchor: string): boolean {
  const before = words[at - 1];
  if (before === undefined || before.kind === 'mark') return true;
  return OPENERS.includes(before.key) && (anchor === '^' || before.key !== 'and');
}

/** Where a gap ends that begins there; -1 when it is none. */
function gapEnd(words: readonly ClaimWord[], from: number, next: string | undefined): number {
  for (let at = from; at <= from + MAX_GAP; at += 1) {
    const word = words[at];
    if (word === undefined) return -1;
    if (at > from && next !== undefined && next !== '...' && fits(word, next)) return at;
    const isOpener = at === from && OPENERS.includes(word.key);
    if (word.kind === 'mark' || PRONOUNS.includes(word.key) || isOpener) return -1;
  }
  return -1;
}

/** Whether a phrase does not begin with a word of its own; others begin right there, without an adverb. */
function isOpen(phrase: string): boolean {
  return /^(?:\^+ )?(?:\.\.\.|use\*)/.test(phrase);
}

/** Where the next word of a phrase stands; -1 when it does not follow. */
function partAt(words: readonly ClaimWord[], from: number, part: string): number {
  let at = from;
  while (!fits(words[at], part) && ADVERBS.includes(words[at]?.key ?? '')) at += 1;
  return fits(words[at], part) ? at : -1;
}

/** Where a phrase ends that begins there, tried part by part; -1 when it does not. */
function phraseEnd(phrase: string, words: readonly ClaimWord[], from: number): number {
  const [first = '', ...others] = phrase.split(' ');
  const isAnchored = first.startsWith('^');
  if (isAnchored && !begins(words, from, first)) return -1;
  const parts = isAnchored ? others : [first, ...others];
  if (!isOpen(phrase) && !fits(words[from], parts[0] ?? '')) return -1;
  let at = from;
  for (const [index, part] of parts.entries()) {
    const isGap = part === '...';
    const next = isGap ? gapEnd(words, at, parts[index + 1]) : partAt(words, at, part);
    if (next < 0) return -1;
    at = isGap ? next : next + 1;
  }
  return at;
}

/** The first match of any of some phrases, as one who tries all of them at every word finds it. */
function naiveMatch(phrases: readonly string[], words: readonly ClaimWord[]): string {
  const ordered = [...phrases.filter((one) => !isOpen(one)), ...phrases.filter(isOpen)];
  for (const from of words.keys()) {
    const end = ordered.map((phrase) => phraseEnd(phrase, words, from)).find((one) => one >= 0);
    if (end !== undefined) return `${from}-${end}`;
  }
  return 'none';
}

test('of several phrases the first that stands there is found, however they begin', () => {
  let found = 0;
  const property = fc.property(
    fc.array(aPhrase, { minLength: 1, maxLength: 5 }),
    aSentence,
    (phrases, text) => {
      const words = claimWords(text);
      const match = phraseMatcher(phrases)(words);
      if (match !== null) found += 1;

      expect(match === null ? 'none' : `${match.from}-${match.to}`).toBe(
        naiveMatch(phrases, words),
      );
    },
  );
  fc.assert(property, { numRuns: 5_000 });

  expect(found).toBeGreaterThan(500);
});
