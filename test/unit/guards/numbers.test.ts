import { describe, expect, test } from 'vitest';
import { numbersInArguments, replaceAt, valueAt } from '../../../src/guards/argument-numbers.ts';
import { isOrdinaryNumber } from '../../../src/guards/ordinary-number.ts';
import { numbersInResult } from '../../../src/guards/result-numbers.ts';
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

  test.each<[string, readonly number[]]>([
    ['转账500元给他', [500]],
    ['価格は1200円です', [1200]],
    ['ฉันต้องการ450บาท', [450]],
    ['مبلغ450ريال', [450]],
    ['３４５円, ٣٤٥ جنيه, ३४५ रुपये', [345, 345, 345]],
    ['٣٬٤٥٠٫٥', [3, 3450.5, 450.5]],
    ['send USD250, Rs500 and v2', [250, 500]],
    ['1,5 kg', [1, 1.5, 5]],
    ['12 345,67 €', [12, 12_345.67, 345, 345.67, 67]],
    ['12\u202F345', [12, 12_345, 345]],
    ["12'345 and 12’345.50", [12, 12_345, 345, 12, 12_345.5, 345.5]],
    ['$1,25,000', [1, 125_000, 25_000]],
    ['1,234 or 1.234', [1234, 1.234, 1.234, 1234]],
    ['options 1,5,7', [1, 5, 7]],
    ['at −273.15 degrees', [-273.15]],
    ['minus 40, or -$5', [40, -40, 5, -5]],
    ['a rate of minus 5%', [5, 0.05, -5, -0.05]],
    ['1.5k, 2.5M, 3 million', [1.5, 1500, 2.5, 2_500_000, 3, 3_000_000, 1_000_000]],
    ['5万元 3억', [5, 50_000, 3, 300_000_000]],
    ['35ms and 5kg', [35, 5]],
    ['twenty-five percent', [20, 5, 0.25, 25]],
    ['two hundred and fifty', [2, 100, 50, 250]],
    ['half a million', [0.5, 1_000_000, 500_000]],
    ['one, two or three', [1, 2, 3]],
    ['twenty twenty-five', [20, 20, 5, 25]],
    ['send Rs.500 or Rs.1,500 to room No.12', [500, 1500, 1.5, 12]],
    ['kr.1,50, Fr.250, p.17, Done.25 of them', [1, 1.5, 50, 250, 17, 25]],
    ['5..10, wait...25, ($.50), =.5', [5, 0.1, 10, 0.25, 25, 0.5, 0.5]],
    ['#12 @5 ≈7 “8” 1–3 5/10 10:30 §9', [12, 5, 7, 8, 1, 3, 5, 10, 10, 30, 9]],
    ['选项3，500', [3, 3500, 500]],
    ['５，０００円', [5, 5000, 0]],
    ['a_-5', [5]],
    ['sha256 A10 _500 naïve7 3f2504e0', [3]],
  ])('G-W49: as people write them: %s', (text, numbers) => {
    expect(numbersInText(text)).toEqual(numbers);
  });
});

describe('numbersInResult', () => {
  test('reads texts of tools as it reads those of users', () => {
    const result = {
      due: '1.234',
      paid: ['USD250', '３４５円'],
      seat: 'A10',
      id: 'HAT069',
      n: 1.5,
      total: 'Rs.1,500',
    };

    expect(numbersInResult(result)).toEqual([1.234, 1234, 250, 345, 1.5, 1500, 1.5]);
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
