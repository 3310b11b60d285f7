import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatNumber } from '../../../src/guards/number-format.ts';

/** A positive double as it is: `numerator / 2 ** 1074`. */
function exactNumerator(value: number): bigint {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
}

const SCALE = 1n << 1074n;

function dividedToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice < denominator) return quotient;
  return twice > denominator || quotient % 2n === 1n ? quotient + 1n : quotient;
}

/** The seven digits of `numerator / SCALE` and their exponent. */
function digitsOf(numerator: bigint): { readonly digits: string; readonly exponent: number } {
  let exponent = 0;
  while (numerator >= SCALE * 10n ** BigInt(Math.max(0, exponent + 1))) exponent += 1;
  while (numerator * 10n ** BigInt(Math.max(0, -exponent)) < SCALE && exponent <= 0) exponent -= 1;
  const up = 10n ** BigInt(Math.max(0, 6 - exponent));
  const down = 10n ** BigInt(Math.max(0, exponent - 6));
  const digits = String(dividedToEven(numerator * up, SCALE * down));
  return digits.length === 8
    ? { digits: digits.slice(0, 7), exponent: exponent + 1 }
    : { digits, exponent };
}

function expectedText(value: number): string {
  const numerator = exactNumerator(value);
  if (value >= 0.0001 && value <= 10_000) {
    const digits = String(dividedToEven(numerator * 1_000_000n, SCALE)).padStart(7, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
  const { digits, exponent } = digitsOf(numerator);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}.${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** Numbers that often lie in the middle of two roundings, or next to it. */
const nearTie = fc
  .record({
    digits: fc.integer({ min: 1_000_000, max: 9_999_999 }),
    power: fc.integer({ min: -12, max: 30 }),
  })
  .map(({ digits, power }) => Number(`${digits}5e${power}`));
const binaryFraction = fc
  .record({ half: fc.integer({ min: 1, max: 2 ** 31 }), halvings: fc.integer({ min: 0, max: 40 }) })
  .map(({ half, halvings }) => half / 2 ** halvings);
const anySize = fc
  .double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true })
  .filter((value) => value > 0);

describe('formatNumber', () => {
  test('rounds what the number is exactly, in the middle of two to the even digit', () => {
    fc.assert(
      fc.property(fc.oneof(nearTie, binaryFraction, anySize), (value) => {
        expect(formatNumber(value)).toBe(expectedText(value));
        expect(formatNumber(-value)).toBe(`-${expectedText(value)}`);
      }),
      { numRuns: 1_000 },
    );
  });
});
