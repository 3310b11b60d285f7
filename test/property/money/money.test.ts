import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { divideHalfEven } from '../../../src/domain/decimal.ts';
import {
  addUsd,
  MAX_USD,
  parseUsd,
  subtractUsd,
  toPicoUsd,
  toUsdNumber,
  toUsdString,
  usdFromNumber,
  ZERO_USD,
} from '../../../src/domain/money.ts';

const LARGEST = MAX_USD * 10n ** 12n;
const amounts = fc.bigInt({ min: -LARGEST, max: LARGEST }).map(toPicoUsd);

describe('money', () => {
  test('refuses amounts that no record could hold', () => {
    for (const amount of [MAX_USD + 1n, -MAX_USD - 1n]) {
      expect(() => parseUsd(amount.toString(), 'cost')).toThrow('cost: expected at most');
    }
    expect(() => usdFromNumber(1e300, 'cost')).toThrow('cost: expected at most');
  });

  test('reads back exactly what it writes', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseUsd(toUsdString(amount))).toBe(amount);
      }),
    );
  });

  test('writes the shortest plain decimal', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(toUsdString(amount)).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
      }),
    );
  });

  test('W-46: adds exactly, in any order and grouping', () => {
    fc.assert(
      fc.property(amounts, amounts, amounts, (a, b, c) => {
        expect(addUsd(a, b)).toBe(addUsd(b, a));
        expect(addUsd(addUsd(a, b), c)).toBe(addUsd(a, addUsd(b, c)));
        expect(addUsd(a, ZERO_USD)).toBe(a);
        expect(subtractUsd(addUsd(a, b), b)).toBe(a);
      }),
    );
  });

  test('takes a number within half a pico-dollar', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, (usd) => {
        expect(Math.abs(toUsdNumber(usdFromNumber(usd)) - usd)).toBeLessThanOrEqual(
          5.1e-13 + Math.abs(usd) * 2 ** -52,
        );
      }),
    );
  });
});

describe('divideHalfEven', () => {
  test('is within half of the divisor, and even at exactly half', () => {
    const divisors = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(amounts, divisors, (dividend, divisor) => {
        const quotient = divideHalfEven(dividend, divisor);
        const twiceOff = 2n * (dividend - quotient * divisor);
        const size = twiceOff < 0n ? -twiceOff : twiceOff;
        expect(size < divisor || (size === divisor && quotient % 2n === 0n)).toBe(true);
      }),
    );
  });
});
