import { describe, expect, test } from 'vitest';

import { decimalOfNumber, divideHalfEven, parseDecimal } from '../../../src/domain/decimal.ts';

describe('parseDecimal', () => {
  test.each([
    ['0', 0n, 0],
    ['12', 12n, 0],
    ['-1.50', -150n, 2],
    ['+0.075', 75n, 3],
    ['2.5e-7', 25n, 8],
    ['1.5E3', 1500n, 0],
    ['1e-12', 1n, 12],
    ['5e-324', 5n, 324],
  ])('reads %s', (text, units, scale) => {
    expect(parseDecimal(text)).toEqual({ units, scale });
  });

  test.each(['', ' 1', '1.', '.5', '1,5', '0x10', 'NaN', 'Infinity', '1e1000', '9'.repeat(65)])(
    'refuses %j',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
    },
  );
});

describe('decimalOfNumber', () => {
  test('takes the shortest decimal of a double, not its binary expansion', () => {
    expect(decimalOfNumber(0.1)).toEqual({ units: 1n, scale: 1 });
    expect(decimalOfNumber(1e-7)).toEqual({ units: 1n, scale: 7 });
  });

  test('has none for what is not finite', () => {
    expect(decimalOfNumber(Number.NaN)).toBeNull();
    expect(decimalOfNumber(Number.POSITIVE_INFINITY)).toBeNull();
  });
});

describe('divideHalfEven', () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [10n, 4n, 2n],
    [11n, 4n, 3n],
    [-11n, 4n, -3n],
    [9n, 4n, 2n],
    [8n, 4n, 2n],
  ])('rounds %i / %i to %i', (dividend, divisor, quotient) => {
    expect(divideHalfEven(dividend, divisor)).toBe(quotient);
  });
});
