import { describe, expect, test } from 'vitest';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { aTokenKernel, aTwin, BUILDS } from '../../lib/tokens/counters.ts';

// Words of alphabets with two and three bytes a letter are merged letter by letter, where their bytes merge with nothing else first.
// Whether they do is a matter of the vocabulary at each joint, so letters of one alphabet stand beside others and beside ASCII.

const BLOCK = 0x80;
const WORDS_OF_A_BLOCK = 24;
const MIXED_WORDS = 6000;
const LETTER = /^[\p{L}\p{M}]$/u;

/** Letters and marks of the blocks of 128 code points of two and three bytes, but for the surrogates. */
function blocks(): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let first = BLOCK; first < 0x10000; first += BLOCK) {
    const letters: string[] = [];
    for (let code = first; code < first + BLOCK; code += 1) {
      const character = String.fromCharCode(code);
      if (LETTER.test(character)) letters.push(character);
    }
    if (letters.length > 0) found.push(letters);
  }
  return found;
}

function* wordsOfBlocks(seed: number): Iterable<string> {
  const random = seededRandom(seed);
  for (const letters of blocks()) {
    for (let index = 0; index < WORDS_OF_A_BLOCK; index += 1) {
      const length = 1 + random.below(index % 3 === 0 ? 60 : 12);
      const word = Array.from({ length }, () => letters[random.below(letters.length)]!).join('');
      yield index % 2 === 0 ? word : ` ${word}, ${word.slice(0, 5)}`;
    }
  }
}

function* mixedWords(seed: number): Iterable<string> {
  const random = seededRandom(seed);
  const alphabets = [...blocks(), ...['abcXYZ', 'éèñÑ', ' .-1'].map((each) => each.split(''))];
  for (let index = 0; index < MIXED_WORDS; index += 1) {
    const used = Array.from({ length: 1 + random.below(3) }, () => random.below(alphabets.length));
    const length = 1 + random.below(40);
    yield Array.from({ length }, () => {
      const letters = alphabets[used[random.below(used.length)]!]!;
      return letters[random.below(letters.length)]!;
    }).join('');
  }
}

describe.each(ENCODINGS)('%s', (encoding) => {
  test.each([
    ['of one alphabet', wordsOfBlocks],
    ['of several', mixedWords],
  ])('all builds and the twin give the same ids and counts for words %s', (_, words) => {
    const kernels = BUILDS.map((build) => aTokenKernel({ encoding, build }));
    const twin = aTwin(encoding);
    const wrong: string[] = [];
    for (const word of words(21)) {
      const expected = twin.encode(word);
      for (const kernel of kernels) {
        const isSame =
          kernel.encode(word)?.join() === expected.join() &&
          kernel.countUpTo(word, Infinity) === expected.length;
        if (!isSame) wrong.push(word);
      }
    }
    expect(wrong).toEqual([]);
  });
});
