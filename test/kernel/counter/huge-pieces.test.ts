import { describe, expect, test } from 'vitest';
import { aTokenKernel, aTwin } from '../../lib/tokens/counters.ts';

const PIECE_BYTES = 5 * 1024 ** 2;

/** As many whole repeats as make a piece of more than five MiB. */
function pieceOf(part: string): string {
  return part.repeat(Math.ceil(PIECE_BYTES / Buffer.byteLength(part)));
}

// A cut at another place would tear another part, and show.
const TEXTS = [
  ['Latin letters', 'o200k_base', `First ${pieceOf('abcdefghijklm')} last`],
  ['Chinese characters', 'cl100k_base', `First, ${pieceOf('中国')} last`],
] as const;

describe('pieces of more than 4 MiB', () => {
  test.each(TEXTS)('of %s have the ids that the twin gives', (_, encoding, text) => {
    const kernel = aTokenKernel({ encoding });
    const expected = aTwin(encoding).encode(text);
    expect(kernel.encode(text)?.join() === expected.join()).toBe(true);
    expect(kernel.countUpTo(text, Infinity)).toBe(expected.length);
    expect(kernel.countUpTo(text, expected.length - 2)).toBe(expected.length - 1);
    expect([kernel.answerCount(), kernel.trapCount()]).toEqual([3, 0]);
  });
});
