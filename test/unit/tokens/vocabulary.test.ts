import { describe, expect, test } from 'vitest';

import { Vocabulary } from '../../../src/tokens/vocabulary.ts';

const encoder = new TextEncoder();

function vocabularyOf(tokens: readonly string[]): Vocabulary {
  const starts = [0];
  for (const token of tokens) starts.push(starts.at(-1)! + encoder.encode(token).length);
  return new Vocabulary(encoder.encode(tokens.join('')), Uint32Array.from(starts));
}

function rankOf(vocabulary: Vocabulary, text: string): number {
  const bytes = encoder.encode(text);
  return vocabulary.rankOf(bytes, 0, bytes.length);
}

describe('Vocabulary', () => {
  test('finds every token by its bytes, whatever its length', () => {
    const tokens = ['a', 'b', 'ab', 'abc', 'é', '日本', ' '.repeat(128), 'x'.repeat(64)];
    const vocabulary = vocabularyOf(tokens);
    expect(tokens.map((token) => rankOf(vocabulary, token))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(vocabulary.size).toBe(8);
  });

  test('finds nothing that is not a token', () => {
    const vocabulary = vocabularyOf(['a', 'ab', 'abc']);
    const strangers = ['c', 'ba', 'abcd', '', 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(1000)];
    expect(strangers.map((text) => rankOf(vocabulary, text))).toEqual(strangers.map(() => -1));
  });

  test('looks only at the bytes it is asked for', () => {
    const vocabulary = vocabularyOf(['b', 'bcd']);
    const bytes = encoder.encode('abcde');
    expect(vocabulary.rankOf(bytes, 1, 4)).toBe(1);
    expect(vocabulary.rankOf(bytes, 1, 2)).toBe(0);
    expect(vocabulary.rankOf(bytes, 0, 4)).toBe(-1);
  });

  test('tells apart tokens of many and of zero bytes', () => {
    const tokens = [
      '\0',
      '\0\0\0',
      ...Array.from({ length: 2000 }, (_, index) => `token-${index}`),
    ];
    const vocabulary = vocabularyOf(tokens);
    expect(tokens.map((token) => rankOf(vocabulary, token))).toEqual(tokens.map((_, rank) => rank));
    expect(rankOf(vocabulary, '\0\0\0\0')).toBe(-1);
  });
});
