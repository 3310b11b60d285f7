import { describe, expect, test } from 'vitest';

import { BytePairMerger } from '../../../src/tokens/byte-pair-merger.ts';
import { loadVocabulary } from '../../../src/tokens/vocabulary-source.ts';

const encoder = new TextEncoder();

function mergerOf(): BytePairMerger {
  return new BytePairMerger(loadVocabulary('o200k_base')!);
}

function countWith(merger: BytePairMerger, text: string): number {
  const bytes = encoder.encode(text);
  return merger.count(bytes, 0, bytes.length);
}

describe('BytePairMerger', () => {
  test('merges a token down to one, and two bytes that make none not at all', () => {
    const merger = mergerOf();
    expect(countWith(merger, ' hello')).toBe(1);
    expect(countWith(merger, '\x00\x01')).toBe(2);
    expect(countWith(merger, 'a')).toBe(1);
    expect(countWith(merger, '')).toBe(0);
  });

  test('merges only the bytes it is given', () => {
    const bytes = encoder.encode('xx hellozz');
    expect(mergerOf().count(bytes, 2, 8)).toBe(1);
  });

  test('gives the same count again after a piece that needed more room', () => {
    const merger = mergerOf();
    const before = countWith(merger, 'antidisestablishmentarianisms');
    expect(countWith(merger, 'a'.repeat(20_000))).toBe(2_500);
    expect(countWith(merger, 'antidisestablishmentarianisms')).toBe(before);
  });

  test.each([
    ['one letter', 'a'],
    ['spaces', ' '],
    ['a short pattern', 'xyzzy'],
    ['Chinese', '天地玄黃宇宙洪荒'],
  ])('takes steps in proportion to the length of a run of %s', (_, pattern) => {
    const merger = mergerOf();
    const stepsFor = (repeats: number): number => {
      const before = merger.steps;
      countWith(merger, pattern.repeat(repeats));
      return merger.steps - before;
    };
    const small = stepsFor(2_000);
    expect(stepsFor(16_000)).toBeLessThan(small * 9);
  });
});
