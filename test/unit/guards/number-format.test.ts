import { describe, expect, test } from 'vitest';
import { percentOf } from '../../../src/domain/percent.ts';
import { formatNumber } from '../../../src/guards/number-format.ts';

describe('formatNumber', () => {
  test.each([
    [0, '0.000000e+00'],
    [3, '3.000000'],
    [3.14159265, '3.141593'],
    [0.0001, '0.000100'],
    [0.00009999, '9.999000e-05'],
    [10_000, '10000.000000'],
    [10_000.5, '1.000050e+04'],
    [-10_000.5, '-1.000050e+04'],
    [12_345_678.9, '1.234568e+07'],
    [0.0078125, '0.007812'],
    [-0.0078125, '-0.007812'],
    [0.0234375, '0.023438'],
    [58_465.625, '5.846562e+04'],
    [-58_465.625, '-5.846562e+04'],
    [1_221_911.5, '1.221912e+06'],
    [9_999_999.5, '1.000000e+07'],
    [1e-120, '1.000000e-120'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('G-21, GV1: writes %s as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('percentOf', () => {
  test.each([
    [1 / 2, '50%'],
    [2 / 3, '67%'],
    [0.125, '12%'],
    [0.375, '38%'],
    [0.005, '0%'],
  ])('GV1: writes %s as %s', (share, text) => {
    expect(percentOf(share)).toBe(text);
  });
});
