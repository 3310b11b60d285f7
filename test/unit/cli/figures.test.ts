import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatSize,
  formatSpending,
  formatUsd,
} from '../../../src/cli/text/figures.ts';
import { formatTable } from '../../../src/cli/text/table.ts';

test('formatCount separates thousands', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
});

describe('formatSize', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [12_345, '12.3k'],
    [99_960, '100.0k'],
    [123_456, '123k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [4_100_000, '4.1M'],
    [2e12, '2000G'],
  ])('writes %d as %s', (count, text) => {
    expect(formatSize(count)).toBe(text);
  });
});

describe('formatUsd', () => {
  test.each([
    ['0', '$0'],
    ['1234.5', '$1,234.50'],
    ['0.5', '$0.5000'],
    ['0.0012345', '$0.001234'],
    ['0.0000001', '<$0.000001'],
  ])('writes %s as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });
});

describe('formatSpending', () => {
  test('says that nothing has a price', () => {
    expect(formatSpending({ costUsd: '0', pricedCalls: 0, unpricedCalls: 3 })).toBe('unpriced');
  });

  test('says how many calls have none beside those that have', () => {
    const spending = { costUsd: '0.5', pricedCalls: 2, unpricedCalls: 1200 };
    expect(formatSpending(spending)).toBe('$0.5000 + 1,200 unpriced');
  });

  test('is plain money when every call has a price, and when there is none', () => {
    expect(formatSpending({ costUsd: '2', pricedCalls: 1, unpricedCalls: 0 })).toBe('$2.00');
    expect(formatSpending({ costUsd: '0', pricedCalls: 0, unpricedCalls: 0 })).toBe('$0');
  });
});

describe('formatDuration', () => {
  test.each([
    [12.4, '12 ms'],
    [1234, '1.23 s'],
    [125_999, '2 min 05 s'],
  ])('writes %d milliseconds as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

test('formatTable aligns by the columns that characters take', () => {
  const columns = [
    { title: 'name', align: 'left' },
    { title: 'n', align: 'right' },
  ] as const;
  expect(
    formatTable(columns, [
      ['日本', '1,000'],
      ['abc', '7'],
    ]),
  ).toEqual(['name      n', '日本  1,000', 'abc       7']);
});
