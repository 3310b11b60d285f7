import { createRequire } from 'node:module';

import { describe, expect, test } from 'vitest';

import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';

function isListLoaded(): boolean {
  return Object.keys(createRequire(import.meta.url).cache).some((file) =>
    file.includes('genai-prices'),
  );
}

describe('loadGenaiPrices', () => {
  test('waits until a price is asked for that only the list can know', () => {
    const overrides = { mine: { inputPerMillion: 1, outputPerMillion: 1 } };
    const book = createPriceBook({ overrides });
    book.priceUsage({ usage: {}, model: 'mine', atMs: 0 });
    expect(isListLoaded()).toBe(false);
    book.priceUsage({ usage: {}, model: 'gpt-4o', atMs: 0 });
    expect(isListLoaded()).toBe(true);
  });
});
