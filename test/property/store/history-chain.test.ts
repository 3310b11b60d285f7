import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChainMove,
  firstLink,
  isLinkText,
  linkText,
  nextLink,
} from '../../../src/store/history-chain.ts';
import { hashText64 } from '../../../src/store/text-hash.ts';

const move = fc.record({
  writer: fc.string({ minLength: 1, maxLength: 64 }),
  operation: fc.oneof(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  ),
});
const moves = fc.array(move, { minLength: 1, maxLength: 20 });

type Move = { readonly writer: string; readonly operation: number };

function linkOf(session: string, history: readonly Move[]): number {
  return history.reduce(
    (link, { writer, operation }) => nextLink(link, { writer: hashText64(writer), operation }, 0),
    firstLink(hashText64(session)),
  );
}

describe('nextLink', () => {
  test('C-72: two different pasts have different links, equal ones the same', () => {
    fc.assert(
      fc.property(moves, moves, (one, other) => {
        const areEqual = JSON.stringify(one) === JSON.stringify(other);
        expect(linkOf('s', one) === linkOf('s', other)).toBe(areEqual);
      }),
      { numRuns: 2000 },
    );
  });

  test('a change anywhere in the past changes the link, also when the same moves follow', () => {
    fc.assert(
      fc.property(moves, fc.nat(), move, (history, at, other) => {
        const index = at % history.length;
        const changed = history.with(index, other);
        const isSame = JSON.stringify(changed) === JSON.stringify(history);
        expect(linkOf('s', changed) === linkOf('s', history)).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  test('the order of moves matters', () => {
    fc.assert(
      fc.property(move, move, (a, b) => {
        const isSame = a.writer === b.writer && a.operation === b.operation;
        expect(linkOf('s', [a, b]) === linkOf('s', [b, a])).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  test('sessions with the same moves differ', () => {
    fc.assert(
      fc.property(moves, fc.string(), fc.string(), (history, one, other) => {
        expect(linkOf(one, history) === linkOf(other, history)).toBe(one === other);
      }),
    );
  });

  test('is a safe integer that survives being text', () => {
    fc.assert(
      fc.property(fc.string(), moves, (session, history) => {
        const link = linkOf(session, history);
        expect(Number.isSafeInteger(link) && link >= 0 && link < 2 ** 52).toBe(true);
        expect(isLinkText(linkText(link), link)).toBe(true);
        expect(isLinkText(linkText(link), link + 1)).toBe(false);
      }),
    );
  });

  test('300,000 neighbouring links do not collide', () => {
    const links = new Set<number>();
    const start = firstLink(hashText64('s'));
    for (let writer = 0; writer < 30; writer++) {
      const hash = hashText64(`writer-${writer}`);
      for (let operation = 1; operation <= 1000; operation++) {
        for (let index = 0; index < 10; index++)
          links.add(nextLink(start, { writer: hash, operation }, index));
      }
    }
    expect(links.size).toBe(300_000);
  });

  test('flipping any bit of the input flips about half of the output', () => {
    const base: ChainMove = { writer: hashText64('writer'), operation: 0x12345 };
    const previous = 0x5a5a5_12345678;
    const before = nextLink(previous, base, 3);
    const variants = [
      ...Array.from({ length: 52 }, (_, bit) => nextLink(flip(previous, bit), base, 3)),
      ...Array.from({ length: 32 }, (_, bit) =>
        nextLink(previous, { ...base, operation: flip(base.operation, bit) }, 3),
      ),
      ...Array.from({ length: 9 }, (_, bit) => nextLink(previous, base, flip(3, bit))),
    ];
    const distances = variants.map((variant) => bitsOf(variant, before));
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(12);
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeCloseTo(
      26,
      -0.5,
    );
  });
});

function flip(value: number, bit: number): number {
  return Number(BigInt(value) ^ (1n << BigInt(bit)));
}

function bitsOf(one: number, other: number): number {
  return (BigInt(one) ^ BigInt(other)).toString(2).replaceAll('0', '').length;
}
