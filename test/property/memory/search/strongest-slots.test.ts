import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strongestSlots } from '../../../../src/memory/search/strongest-slots.ts';

describe('strongestSlots', () => {
  test('gives all of the strongest, and few others', () => {
    const scores = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 300 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 100 }), (values, limit) => {
        const touched = values.map((_, slot) => slot);
        const found = strongestSlots({ scores: Float64Array.from(values), touched }, limit);

        const least = values.toSorted((left, right) => right - left)[limit - 1] ?? 0;
        const best = Math.max(0, ...values);
        expect(found).toEqual(
          expect.arrayContaining(touched.filter((slot) => values[slot]! >= least)),
        );
        // One step of the scale at most below the last that is wanted.
        const allowed = values.length > limit ? least - best / 4_096 : 0;
        expect(found.every((slot) => values[slot]! >= allowed)).toBe(true);
      }),
    );
  });
});
