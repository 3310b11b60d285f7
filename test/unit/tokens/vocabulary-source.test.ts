import { describe, expect, test } from 'vitest';

import { MergeReader } from '../../../src/kernel/merge-reader.ts';
import { expandMerges, loadVocabulary } from '../../../src/tokens/vocabulary-source.ts';

function rankOf(vocabulary: ReturnType<typeof expandMerges>, bytes: readonly number[]): number {
  return vocabulary.rankOf(Uint8Array.from(bytes), 0, bytes.length);
}

describe('expandMerges', () => {
  test('joins each token from two earlier ones', () => {
    const singles = Uint8Array.from({ length: 256 }, (_, rank) => 255 - rank);
    // 256: bytes 254 and 255. 257: that and byte 0. 258: 257 and 256. Two numbers of 20 bits each.
    const merges = [1, 0, 0, 0, 0, 0, 1, 0xf0, 0x0f, 0, 1, 1, 0, 0x10, 0];
    const vocabulary = expandMerges(new MergeReader(Uint8Array.from([...singles, ...merges])));
    expect(vocabulary.size).toBe(259);
    expect(rankOf(vocabulary, [255])).toBe(0);
    expect(rankOf(vocabulary, [254, 255])).toBe(256);
    expect(rankOf(vocabulary, [254, 255, 0])).toBe(257);
    expect(rankOf(vocabulary, [254, 255, 0, 254, 255])).toBe(258);
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
});
