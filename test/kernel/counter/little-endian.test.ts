import { describe, expect, test } from 'vitest';
import { halfWordsOf, wordsOf } from '../../../src/kernel/little-endian.ts';

const BYTES = Uint8Array.from({ length: 23 }, (_, index) => (index * 37 + 200) % 256);

describe('the words of a file', () => {
  test.each([0, 1, 2, 3])('are the same on every machine, %i bytes into a memory', (offset) => {
    const bytes = BYTES.subarray(offset);
    expect(wordsOf(bytes)).toEqual(wordsOf(bytes, false));
    expect(halfWordsOf(bytes)).toEqual(halfWordsOf(bytes, false));
  });

  test('have their lowest byte first, and leave out what is no whole one', () => {
    const bytes = Uint8Array.of(1, 2, 3, 0x84, 5, 6, 7);
    expect([...wordsOf(bytes)]).toEqual([0x84030201 | 0]);
    expect([...halfWordsOf(bytes)]).toEqual([0x0201, 0x8403, 0x0605]);
    expect([...wordsOf(bytes, false)]).toEqual([0x84030201 | 0]);
  });
});
