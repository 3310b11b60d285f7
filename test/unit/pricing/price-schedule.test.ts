import { describe, expect, test } from 'vitest';

import { priceWithRow } from '../../../src/pricing/price-row.ts';
import { createPriceSchedule, rowAt } from '../../../src/pricing/price-schedule.ts';
import type { SourceSchedule } from '../../../src/pricing/price-source.ts';

function dollarsAt(source: SourceSchedule, atMs: number): number {
  const row = rowAt(createPriceSchedule(source), atMs);
  const costs = row && priceWithRow(row, { inputTokens: 1_000_000 });
  return Number(costs?.inputPico) / 1e12;
}

function daily(startTime: string, endTime: string): SourceSchedule {
  return [
    { prices: { input_mtok: 1 } },
    {
      constraint: { type: 'time_of_date', start_time: startTime, end_time: endTime },
      prices: { input_mtok: 2 },
    },
  ];
}

describe('rowAt', () => {
  test('takes constant prices at any time', () => {
    expect(dollarsAt({ input_mtok: 3 }, -1)).toBe(3);
  });

  test('takes the last start date that has come', () => {
    const source: SourceSchedule = [
      { prices: { input_mtok: 1 } },
      { constraint: { type: 'start_date', start_date: '2025-01-01' }, prices: { input_mtok: 2 } },
      { constraint: { type: 'start_date', start_date: '2026-01-01' }, prices: { input_mtok: 3 } },
    ];
    expect(dollarsAt(source, Date.UTC(2024, 11, 31, 23))).toBe(1);
    expect(dollarsAt(source, Date.UTC(2025, 0, 1))).toBe(2);
    expect(dollarsAt(source, Date.UTC(2026, 6, 1))).toBe(3);
  });

  test('takes the first prices when no condition is met', () => {
    const source: SourceSchedule = [
      { constraint: { type: 'start_date', start_date: '2025-01-01' }, prices: { input_mtok: 2 } },
      { constraint: { type: 'start_date', start_date: '2026-01-01' }, prices: { input_mtok: 3 } },
    ];
    expect(dollarsAt(source, 0)).toBe(2);
  });

  test.each([
    ['00:29:59.999', 1],
    ['00:30:00.000', 2],
    ['16:29:59.999', 2],
    ['16:30:00.000', 1],
  ])('at %s of a day window costs %i', (time, dollars) => {
    expect(dollarsAt(daily('00:30:00Z', '16:30:00Z'), Date.parse(`2026-03-04T${time}Z`))).toBe(
      dollars,
    );
  });

  test.each([
    ['21:59:59.999', 1],
    ['22:00:00.000', 2],
    ['05:59:59.999', 2],
    ['06:00:00.000', 1],
  ])('at %s of a window over midnight costs %i', (time, dollars) => {
    expect(dollarsAt(daily('22:00:00Z', '06:00:00Z'), Date.parse(`2026-03-04T${time}Z`))).toBe(
      dollars,
    );
  });

  test.each([
    ['08:00:00+08:00', '09:00:00+08:00', 0],
    ['20:00:00-05:00', '21:00:00-05:00', 1],
  ])('reads the window %s to %s in UTC', (startTime, endTime, utcHour) => {
    const source = daily(startTime, endTime);
    expect(dollarsAt(source, Date.UTC(2026, 2, 4, utcHour, 30))).toBe(2);
    expect(dollarsAt(source, Date.UTC(2026, 2, 4, utcHour + 1))).toBe(1);
  });

  test('reads times before 1970', () => {
    expect(dollarsAt(daily('22:00:00Z', '23:00:00Z'), Date.UTC(1969, 5, 1, 22, 30))).toBe(2);
  });

  test('never meets a window that is no time', () => {
    expect(dollarsAt(daily('soon', 'later'), Date.UTC(2026, 2, 4))).toBe(1);
  });
});
