import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeenNumbers, decimalsOf, isRounded } from '../../../src/guards/seen-numbers.ts';

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
