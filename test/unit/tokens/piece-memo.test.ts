import { describe, expect, test } from 'vitest';

import { PieceMemo } from '../../../src/tokens/piece-memo.ts';
import type { PieceCounter } from '../../../src/tokens/piece-memo.ts';

const encoder = new TextEncoder();

/** Counts a piece by its length, and how often it was asked. */
class CountingCounter implements PieceCounter {
  asked = 0;

  count(_bytes: Uint8Array, start: number, end: number): number {
    this.asked++;
    return end - start;
  }
}

function countWith(memo: PieceMemo, text: string): number {
  const bytes = encoder.encode(`<${text}>`);
  return memo.count(bytes, 1, bytes.length - 1);
}

describe('PieceMemo', () => {
  test('asks once for a piece it meets again', () => {
    const counter = new CountingCounter();
    const memo = new PieceMemo(counter, 1024);
    expect([countWith(memo, 'Pagefold'), countWith(memo, 'Pagefold')]).toEqual([8, 8]);
    expect(counter.asked).toBe(1);
  });

  test('never mixes up pieces, even when all share one place', () => {
    const memo = new PieceMemo(new CountingCounter(), 1);
    const pieces = ['ab', 'abc', 'abd', 'ab', 'abc'];
    expect(pieces.map((piece) => countWith(memo, piece))).toEqual([2, 3, 3, 2, 3]);
  });

  test('does not keep long pieces', () => {
    const counter = new CountingCounter();
    const memo = new PieceMemo(counter, 1024);
    expect(countWith(memo, 'x'.repeat(65))).toBe(65);
    expect(countWith(memo, 'x'.repeat(65))).toBe(65);
    expect(counter.asked).toBe(2);
  });

  test('keeps nothing when the limit is zero', () => {
    const counter = new CountingCounter();
    const memo = new PieceMemo(counter, 0);
    expect([countWith(memo, 'ab'), countWith(memo, 'ab')]).toEqual([2, 2]);
    expect(counter.asked).toBe(2);
  });
});
