import { describe, expect, test } from 'vitest';
import { numbersInArguments, replaceAt, valueAt } from '../../../src/guards/argument-numbers.ts';
import { isOrdinaryNumber } from '../../../src/guards/ordinary-number.ts';
import { SeenNumbers } from '../../../src/guards/seen-numbers.ts';
import { numbersInText } from '../../../src/guards/text-numbers.ts';
import { namedNumbersIn } from '../../../src/guards/text-values.ts';

describe('numbersInText', () => {
  test.each([
    ['Calculate 3.14 times 2', [3.14, 2]],
    ['Pay $1,250.50 by 2024-01-15', [1250.5, 2024, 1, 15]],
    ['range 5-3, 10%', [5, 3, 10, 0.1]],
    ['value .5 and 3.', [0.5, 3]],
    ['1.5e3 v2', [1500]],
    ['-4 degrees, twelve bags, HAT069', [-4, 12]],
  ])('G-67, G-W42, G-W49, GV12: %s', (text, numbers) => {
    expect(numbersInText(text)).toEqual(numbers);
  });
});

describe('namedNumbersIn', () => {
  test.each<[string, Readonly<Record<string, number>>]>([
    ['mu = 3.14 and sigma = 1.5', { mu: 3.14, sigma: 1.5 }],
    ['if x == 42 then y = 3.14', { y: 3.14 }],
    ['for n = 5', {}],
    ['for example x = 5', { x: 5 }],
    ['c=5 d==6 e=7', { c: 5, e: 7 }],
    ['σ_LT = 47.08, total = 1,234.5', { σ_LT: 47.08, total: 1234.5 }],
    ['x = -2e-3; y=.5', { x: -0.002, y: 0.5 }],
    ['date = 2024-01-15 and at = 12:30', {}],
    ['n = 1, then n = 2', { n: 2 }],
  ])('G-74, G-W50, GV13: %s', (text, numbers) => {
    const found = namedNumbersIn(text).map(({ name, value }) => [name, value]);
    expect(Object.fromEntries(found)).toEqual(numbers);
  });
});

describe('numbers of arguments', () => {
  const args = { a: 1.5, b: ['2.5', { c: 3 }], d: true, e: 'x 4', tool_name: 5 };

  test('G-54, G-W41: nested ones and those written as text count, booleans do not', () => {
    const found = numbersInArguments(args).map(({ path, value }) => [path, value]);
    expect(Object.fromEntries(found)).toEqual({ a: 1.5, 'b[0]': 2.5, 'b[1].c': 3, tool_name: 5 });
  });

  test('G-W12: a number is replaced by its place', () => {
    expect(replaceAt(args, 'b[1].c', '$v1')).toEqual({ ...args, b: ['2.5', { c: '$v1' }] });
    expect(replaceAt({ 'k=v': 1 }, 'k=v', 2)).toEqual({ 'k=v': 2 });
    expect([valueAt(args, 'b[1].c'), valueAt(args, 'b[7]')]).toEqual([3, undefined]);
  });
});

describe('isOrdinaryNumber', () => {
  test.each([
    ['limit', 25, true],
    ['pageSize', 37, true],
    ['user_id', 98_765, true],
    ['year', 1873, true],
    ['zip', 78_750, true],
    ['amount', 2024, true],
    ['amount', 100, true],
    ['amount', 7, true],
    ['amount', 1_700_000_000, true],
    ['amount', 255, false],
    ['x', 1.96, false],
    ['width', 1.96, true],
  ])('G-58, G-W46: %s = %s: %s', (name, value, isOrdinary) => {
    const number = { path: name, name, value, isText: false };
    expect(isOrdinaryNumber(number)).toBe(isOrdinary);
  });
});

describe('SeenNumbers', () => {
  test('G-26, G-W42: knows numbers, and what they are rounded to', () => {
    const seen = new SeenNumbers([42, 3.14159265, 1 / 3, 1250.5]);

    expect([42, 3.14, 3.1416, 0.333, 1250.5].map((number) => seen.has(number))).not.toContain(
      false,
    );
    expect([42.0001, 3.15, 3, 0.334, 1250].map((number) => seen.has(number))).not.toContain(true);
  });

  test('G-W16: holds the latest 2,048, and never more than twice as many', () => {
    const seen = new SeenNumbers();
    seen.add(Array.from({ length: 10_000 }, (_, index) => index));

    expect(seen.size).toBeLessThanOrEqual(4_096);
    expect([seen.has(9_999), seen.has(7_952), seen.has(10)]).toEqual([true, true, false]);
  });

  test('G-W16: counts a number that is seen again as seen now', () => {
    const seen = new SeenNumbers([7.5]);
    for (let number = 0; number < 10_000; number += 1) seen.add([number, 7.5]);

    expect(seen.has(7.5)).toBe(true);
  });
});
