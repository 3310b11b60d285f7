import { describe, expect, test } from 'vitest';

import { createPriceRow, priceWithRow, type UnitPrice } from '../../../src/pricing/price-row.ts';
import type { UsageUnit } from '../../../src/domain/usage-unit.ts';

function perMillion(unit: UsageUnit, usd: string | number): UnitPrice {
  return { unit, per: 1_000_000n, usd, tiers: [] };
}

describe('createPriceRow', () => {
  test('needs no division for prices of up to six digits a million', () => {
    const row = createPriceRow([
      perMillion('inputTokens', 0.234375),
      perMillion('outputTokens', 15),
    ]);
    expect(row.divisor).toBe(1n);
  });

  test('shares one divisor among prices that need one', () => {
    const row = createPriceRow([
      perMillion('inputTokens', '0.0000001'),
      { unit: 'audioMs', per: 3_600_000n, usd: 1, tiers: [] },
    ]);
    expect(row.divisor).toBe(90n);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 'x'])('refuses the price %s', (usd) => {
    expect(() => createPriceRow([perMillion('inputTokens', usd)])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'price of inputTokens' }),
    );
  });
});

describe('priceWithRow', () => {
  test('charges a part at its own price and the rest at that of the whole', () => {
    const row = createPriceRow([
      perMillion('inputTokens', 10),
      perMillion('cacheWriteTokens', 100),
      perMillion('cacheWrite1hTokens', 1000),
    ]);
    const usage = { inputTokens: 9, cacheWriteTokens: 5, cacheWrite1hTokens: 2 };
    const pico = 4n * 10_000_000n + 3n * 100_000_000n + 2n * 1_000_000_000n;
    expect(priceWithRow(row, usage)).toEqual({ inputPico: pico, outputPico: 0n, otherPico: 0n });
  });

  test('charges parts without a price of their own as the whole', () => {
    const row = createPriceRow([perMillion('outputTokens', 10)]);
    const usage = { outputTokens: 5, outputReasoningTokens: 4 };
    expect(priceWithRow(row, usage)?.outputPico).toBe(50_000_000n);
  });

  test('W-46: is exact for a price that a double only comes near to', () => {
    const row = createPriceRow([perMillion('cacheWriteTokens', 0.083_333_333_333_333_34)]);
    expect(priceWithRow(row, { cacheWriteTokens: 3_000_000 })?.inputPico).toBe(250_000_000_000n);
    expect(priceWithRow(row, { cacheWriteTokens: 1 })?.inputPico).toBe(83_333n);
  });

  test('counts a usage as one call unless it says how many', () => {
    const row = createPriceRow([{ unit: 'requests', per: 1000n, usd: 5, tiers: [] }]);
    expect(priceWithRow(row, {})?.otherPico).toBe(5_000_000_000n);
    expect(priceWithRow(row, { requests: 3 })?.otherPico).toBe(15_000_000_000n);
    expect(priceWithRow(row, { requests: 0 })?.otherPico).toBe(0n);
  });
});
