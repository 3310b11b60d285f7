import { describe, expect, test } from 'vitest';

import type { EncodingName } from '../../../src/tokens/encoding.ts';
import { loadVocabulary, parseRanks } from '../../../src/tokens/vocabulary-source.ts';

function rankOf(vocabulary: ReturnType<typeof parseRanks>, bytes: readonly number[]): number {
  return vocabulary.rankOf(Uint8Array.from(bytes), 0, bytes.length);
}

describe('parseRanks', () => {
  test('reads tokens of every base64 padding in rank order', () => {
    const tokens = [
      [0],
      [255],
      [1, 2],
      [250, 251, 252],
      [1, 2, 3, 4],
      [0xff, 0xfe, 0xfd, 0xfc, 0xfb],
    ];
    const words = tokens.map((bytes) => Buffer.from(bytes).toString('base64'));
    const vocabulary = parseRanks(`! 0 ${words.join(' ')}`);
    expect(vocabulary.size).toBe(tokens.length);
    expect(tokens.map((bytes) => rankOf(vocabulary, bytes))).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('loadVocabulary', () => {
  test.each([
    ['o200k_base', 199_998],
    ['cl100k_base', 100_256],
  ] as const)('has all tokens of %s, every single byte among them', (encoding, size) => {
    const vocabulary = loadVocabulary(encoding)!;
    expect(vocabulary.size).toBe(size);
    const singles = Array.from({ length: 256 }, (_, byte) => rankOf(vocabulary, [byte]));
    expect(Math.min(...singles)).toBe(0);
    expect(new Set(singles).size).toBe(256);
  });

  test('reads a vocabulary once a process', () => {
    expect(loadVocabulary('cl100k_base')).toBe(loadVocabulary('cl100k_base'));
  });

  test.each(['no_such_encoding', 'gpt2'])(
    'has none for %s: absent, or not one proved here',
    (name) => {
      expect(loadVocabulary(name as EncodingName)).toBeNull();
    },
  );
});
