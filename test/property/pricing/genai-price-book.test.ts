import { calcPrice, type Provider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toUsdString } from '../../../src/domain/money.ts';
import type { PricedUsage } from '../../../src/domain/price-book.ts';
import { USAGE_UNITS } from '../../../src/domain/usage-unit.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';
import { anyUsages, consistentUsages } from '../usage/usages.ts';
import { isClose, listModels, toPackageUsage, type PackagePrice } from './price-list.ts';

const models = await listModels();
const times = fc.integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2027, 11, 31) });

/** Prices of every unit, all different, so that a wrong unit or amount shows. */
const EVERYTHING: Provider = {
  id: 'everything',
  name: 'Everything',
  api_pattern: '.*',
  models: [{ id: 'all', match: { equals: 'all' }, prices: pricesOfEverything() }],
};

function pricesOfEverything(): Record<string, number> {
  const keys = USAGE_UNITS.map((unit) =>
    unit
      .replaceAll(/[A-Z0-9]/g, (letter) => `_${letter.toLowerCase()}`)
      .replace(/_tokens$/, '_mtok')
      .replace(/_ms$/, '_hours')
      .replace(/_characters$/, '_mchars')
      .replace(/_pixels$/, '_gpixels')
      .replace(/_pages$/, '_kpages')
      .replace(/_(messages|searches|executions)$/, '_$1_kcount')
      .replace(/^requests$/, 'requests_kcount'),
  );
  return Object.fromEntries(keys.map((key, index) => [key, (index + 7) * 1.37]));
}

function packagePrice(compute: () => PackagePrice): PackagePrice | 'refused' {
  try {
    return compute();
  } catch {
    return 'refused';
  }
}

/** Whether both refuse the usage, or both charge the same for every side of it. */
function agrees(ours: PricedUsage, theirs: PackagePrice | 'refused'): boolean {
  if (ours.kind === 'unpriced' || theirs === 'refused' || theirs === null) {
    return ours.kind === 'unpriced' && ours.reason === 'unusable-usage' && theirs === 'refused';
  }
  return (
    isClose(ours.inputPico, theirs.input_price) &&
    isClose(ours.outputPico, theirs.output_price) &&
    isClose(ours.costPico, theirs.total_price)
  );
}

describe('price book', () => {
  test('C-47: agrees with the price list itself on every model, for usage that adds up', () => {
    const book = createPriceBook();
    const usages = fc.sample(consistentUsages, { seed: 20_251_125, numRuns: models.length * 3 });
    const moments = fc.sample(times, { seed: 7, numRuns: usages.length });
    const differing = usages.filter((usage, index) => {
      const { provider, model, priceId } = models[index % models.length]!;
      const atMs = moments[index]!;
      const ours = book.priceUsage({ usage, model, provider, atMs });
      const options = { providerId: provider, timestamp: new Date(atMs) };
      const theirs = calcPrice(toPackageUsage(usage), model, options);
      return !agrees(ours, theirs) || ours.kind === 'unpriced' || ours.priceId !== priceId;
    });
    expect(models.length).toBeGreaterThan(1600);
    expect(differing).toEqual([]);
  });

  test('refuses exactly the usage that the price list refuses', () => {
    const book = createPriceBook();
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        anyUsages,
        times,
        ({ provider, model }, usage, atMs) => {
          const ours = book.priceUsage({ usage, model, provider, atMs });
          const options = { providerId: provider, timestamp: new Date(atMs) };
          const theirs = packagePrice(() => calcPrice(toPackageUsage(usage), model, options));
          expect(agrees(ours, theirs)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('knows every unit: agrees on a model that prices all of them', () => {
    const source = {
      calcPrice: (usage: Record<string, number>, model: string, options: { timestamp: Date }) =>
        calcPrice(usage, model, { ...options, provider: EVERYTHING }),
    };
    const book = createPriceBook({ source });
    const options = { provider: EVERYTHING, timestamp: new Date(0) };
    fc.assert(
      fc.property(fc.oneof(anyUsages, consistentUsages), (usage) => {
        const ours = book.priceUsage({ usage, model: 'all', atMs: 0 });
        const theirs = packagePrice(() => calcPrice(toPackageUsage(usage), 'all', options));
        expect(agrees(ours, theirs)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('the parts of a price always add up to it', () => {
    const book = createPriceBook();
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        consistentUsages,
        times,
        ({ provider, model }, usage, atMs) => {
          const priced = book.priceUsage({ usage, model, provider, atMs });
          if (priced.kind === 'unpriced') throw new Error(`no price: ${priced.reason}`);
          expect(priced.costPico).toBe(priced.inputPico + priced.outputPico + priced.otherPico);
          expect(toUsdString(priced.costPico)).not.toContain('-');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('names of models match in any case', () => {
    const book = createPriceBook();
    fc.assert(
      fc.property(fc.constantFrom(...models), ({ provider, model }) => {
        const of = (name: string): unknown =>
          book.priceUsage({ usage: {}, model: name, provider, atMs: 0 });
        expect(of(model.toUpperCase())).toEqual(of(model));
      }),
      { numRuns: 500 },
    );
  });

  test('never throws for a model or provider of any name', () => {
    const book = createPriceBook();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (model, provider) => {
          expect(book.priceUsage({ usage: {}, model, provider, atMs: 0 }).kind).toMatch(/priced$/);
        },
      ),
    );
  });
});
