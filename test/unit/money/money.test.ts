import { describe, expect, test } from 'vitest';

import {
  addUsd,
  parseUsd,
  subtractUsd,
  toPicoUsd,
  toUsdNumber,
  toUsdString,
  usdFromNumber,
  usdStringSchema,
  ZERO_USD,
} from '../../../src/domain/money.ts';

describe('parseUsd', () => {
  test.each([
    ['1', 1_000_000_000_000n],
    ['0.000000000001', 1n],
    ['-2.5', -2_500_000_000_000n],
    ['1.5e-6', 1_500_000n],
    ['0.1000000000000000', 100_000_000_000n],
  ])('reads %s', (text, pico) => {
    expect(parseUsd(text)).toBe(pico);
  });

  test('refuses what is finer than a pico-dollar and names the field', () => {
    expect(() => parseUsd('0.0000000000001', 'cost')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'cost' }),
    );
  });

  test('refuses text that is no number', () => {
    expect(() => parseUsd('$1')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('usdFromNumber', () => {
  test('takes the decimal that the number prints as', () => {
    expect(toUsdString(usdFromNumber(0.1))).toBe('0.1');
    expect(toUsdString(usdFromNumber(2e-7))).toBe('0.0000002');
  });

  test('rounds finer amounts to the nearest pico-dollar', () => {
    expect(toUsdString(usdFromNumber(0.1 + 0.2))).toBe('0.3');
  });

  test('refuses NaN', () => {
    expect(() => usdFromNumber(Number.NaN)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

describe('toUsdString', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [1_500_000_000_000n, '1.5'],
    [12_000_000_000_000n, '12'],
    [-30_000_000_000n, '-0.03'],
    [123_456_789_000_000_000_001n, '123456789.000000000001'],
  ])('writes %i', (pico, text) => {
    expect(toUsdString(toPicoUsd(pico))).toBe(text);
  });
});

describe('toUsdNumber', () => {
  test('gives the nearest double', () => {
    expect(toUsdNumber(parseUsd('0.1'))).toBe(0.1);
  });
});

describe('addUsd and subtractUsd', () => {
  test('add exactly where doubles do not', () => {
    expect(toUsdString(addUsd(parseUsd('0.1'), parseUsd('0.2')))).toBe('0.3');
  });

  test('subtract below zero', () => {
    expect(toUsdString(subtractUsd(ZERO_USD, parseUsd('0.2')))).toBe('-0.2');
  });
});

describe('usdStringSchema', () => {
  test('accepts what toUsdString writes for amounts that are not negative', () => {
    expect(usdStringSchema.safeParse('0.000000000001').success).toBe(true);
  });

  test.each(['-1', '1e3', '0.0000000000001', ''])('refuses %j', (text) => {
    expect(usdStringSchema.safeParse(text).success).toBe(false);
  });
});
