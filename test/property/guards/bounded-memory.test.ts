import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatestMap } from '../../../src/guards/latest-map.ts';
import { SeenNumbers, decimalsOf, isRounded } from '../../../src/guards/seen-numbers.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const change = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(key, fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(key, fc.constant(null)) },
);

/** As a plain map that is walked for its oldest key. */
function expectedEntries(
  changes: readonly (readonly [string, number | null])[],
  maxSize: number,
): readonly (readonly [string, number])[] {
  const map = new Map<string, number>();
  for (const [name, value] of changes) {
    map.delete(name);
    if (value !== null) map.set(name, value);
    for (const oldest of map.keys()) if (map.size > maxSize) map.delete(oldest);
  }
  return [...map];
}

describe('LatestMap', () => {
  test('holds the entries that were set last, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 400 }),
        fc.integer({ min: 1, max: 6 }),
        (changes, maxSize) => {
          const map = new LatestMap<number>(maxSize);
          for (const [name, value] of changes) {
            if (value === null) map.delete(name);
            else map.set(name, value);
          }
          const copy = new LatestMap<number>(maxSize);
          copy.replace(map.entries());

          expect(map.entries()).toEqual(expectedEntries(changes, maxSize));
          expect(copy.entries()).toEqual(map.entries());
          for (const [name, value] of map.entries()) expect(map.get(name)).toBe(value);
        },
      ),
    );
  });
});

describe('SeenNumbers', () => {
  test('G-W42: knows what any number that it holds is rounded to, and nothing else', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    const decimals = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(number), number, decimals, (numbers, other, digits) => {
        const seen = new SeenNumbers(numbers);
        for (const value of [...numbers, other].map((exact) => Number(exact.toFixed(digits)))) {
          const places = decimalsOf(value);
          const isKnown = numbers.some(
            (exact) => exact === value || (places > 0 && isRounded(exact, value, places)),
          );

          expect(seen.has(value)).toBe(isKnown);
        }
      }),
    );
  });

  test('goes on from its own numbers as if nothing had been', () => {
    const added = fc.array(fc.integer({ min: 0, max: 6_000 }), { maxLength: 9_000, size: 'max' });
    fc.assert(
      fc.property(added, added, (before, after) => {
        const seen = new SeenNumbers(before);
        const copy = new SeenNumbers(seen.all());
        seen.add(after);
        copy.add(after);

        expect(copy.all()).toEqual(seen.all());
      }),
      { numRuns: 20 },
    );
  });
});
