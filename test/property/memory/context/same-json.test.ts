import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameJson } from '../../../../src/memory/context/same-json.ts';

/** Of so few signs that two of them are often the same. */
const value = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b') });

describe('isSameJson', () => {
  test('copies are the same', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(isSameJson(json, structuredClone(json))).toBe(true);
      }),
    );
  });

  test('tells whether two values are written as the same', () => {
    fc.assert(
      fc.property(value, value, (left, right) => {
        expect(isSameJson(left, right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });

  test.each([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[], {}],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [null, {}],
    [null, 0],
    ['1', 1],
    [{ a: [1, { b: null }] }, { a: [1, { b: 0 }] }],
    [new Date(1), new Date(2)],
  ])('tells %j from %j', (left, right) => {
    expect(isSameJson(left, right)).toBe(false);
    expect(isSameJson(right, left)).toBe(false);
  });
});
