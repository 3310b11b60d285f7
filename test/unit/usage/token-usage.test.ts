import { describe, expect, test } from 'vitest';

import {
  addTokenUsage,
  createTokenUsage,
  tokenUsageFromText,
  tokenUsageSchema,
  updateTokenUsage,
  type TokenUsage,
} from '../../../src/domain/token-usage.ts';
import type { UsagePricing } from '../../../src/domain/price-book.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';

const PRICES = {
  small: { inputPerMillion: '1', outputPerMillion: '2', cacheReadPerMillion: '0.1' },
  large: { inputPerMillion: '10', outputPerMillion: '20' },
  fee: { inputPerMillion: '0', outputPerMillion: '0', requestsPerThousand: '5' },
};

function aPricing(): UsagePricing {
  return { priceBook: createPriceBook({ overrides: PRICES }), atMs: 0 };
}

describe('createTokenUsage', () => {
  test('C-49: computes the total and, with a model, the cost', () => {
    expect(
      createTokenUsage({ promptTokens: 10, completionTokens: 5, model: 'small' }, aPricing()),
    ).toEqual({
      promptTokens: 10,
      completionTokens: 5,
      totalTokens: 15,
      model: 'small',
      estimatedCostUsd: '0.00002',
      origin: 'estimated',
    });
  });

  test('keeps an explicit total that disagrees with the sum', () => {
    expect(
      createTokenUsage({ promptTokens: 5, completionTokens: 5, totalTokens: 99 }).totalTokens,
    ).toBe(99);
  });

  test('has no cost without a model', () => {
    expect(createTokenUsage({ promptTokens: 5 }, aPricing()).estimatedCostUsd).toBeNull();
  });

  test('W-45: has no cost for an unknown model instead of an invented one', () => {
    expect(
      createTokenUsage({ promptTokens: 5, model: 'no-such-model' }, aPricing()).estimatedCostUsd,
    ).toBeNull();
  });

  test('costs 0, not null, for no tokens of a known model', () => {
    expect(createTokenUsage({ model: 'small' }, aPricing()).estimatedCostUsd).toBe('0');
  });

  test.each([['0.5', '0.5'] as const, [0.25, '0.25'] as const, ['0', '0'] as const])(
    'keeps the explicit cost %s',
    (estimatedCostUsd, kept) => {
      const usage = createTokenUsage(
        { promptTokens: 9, model: 'small', estimatedCostUsd },
        aPricing(),
      );
      expect(usage.estimatedCostUsd).toBe(kept);
    },
  );

  test('C-55: takes counts and parts from the provider and prices cached input as such', () => {
    const buckets = { inputTokens: 100, cacheReadTokens: 90, outputTokens: 1 };
    expect(createTokenUsage({ promptTokens: 7, model: 'small', buckets }, aPricing())).toEqual({
      promptTokens: 100,
      completionTokens: 1,
      totalTokens: 101,
      model: 'small',
      estimatedCostUsd: '0.000021',
      buckets,
      origin: 'reported',
    });
  });

  test('charges the fee per call to what has a completion', () => {
    expect(createTokenUsage({ promptTokens: 9, model: 'fee' }, aPricing()).estimatedCostUsd).toBe(
      '0',
    );
    const answered = createTokenUsage(
      { promptTokens: 9, completionTokens: 1, model: 'fee' },
      aPricing(),
    );
    expect(answered.estimatedCostUsd).toBe('0.005');
  });

  test.each([
    ['usage.promptTokens', { promptTokens: -1 }],
    ['usage.completionTokens', { completionTokens: 0.5 }],
    ['usage.totalTokens', { totalTokens: Number.NaN }],
    ['usage.buckets.inputTokens', { buckets: { inputTokens: -1 } }],
    ['usage.buckets.cacheReadTokens', { buckets: { inputTokens: 1, cacheReadTokens: 0.5 } }],
    ['usage.estimatedCostUsd', { estimatedCostUsd: '-1' }],
    ['usage.estimatedCostUsd', { estimatedCostUsd: 'free' }],
  ])('refuses a wrong %s', (field, input) => {
    expect(() => createTokenUsage(input)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
  });
});

describe('tokenUsageFromText', () => {
  const countTokens = (text: string): number => text.length;

  test('C-50: counts the prompt and the completion', () => {
    const usage = tokenUsageFromText(
      { prompt: 'abc', completion: 'de', model: 'small' },
      countTokens,
      aPricing(),
    );
    expect(usage).toMatchObject({
      promptTokens: 3,
      completionTokens: 2,
      totalTokens: 5,
      estimatedCostUsd: '0.000007',
    });
  });

  test('counts null and empty texts as 0', () => {
    const usage = tokenUsageFromText({ prompt: null, completion: '', model: 'small' }, countTokens);
    expect(usage).toMatchObject({ promptTokens: 0, completionTokens: 0, totalTokens: 0 });
  });
});

describe('updateTokenUsage', () => {
  const usage = (): TokenUsage =>
    createTokenUsage(
      { promptTokens: 10, completionTokens: 5, totalTokens: 99, model: 'small' },
      aPricing(),
    );

  test('C-15: a single count keeps the other and makes total and cost anew', () => {
    expect(updateTokenUsage(usage(), { completionTokens: 20 }, aPricing())).toMatchObject({
      promptTokens: 10,
      completionTokens: 20,
      totalTokens: 30,
      estimatedCostUsd: '0.00005',
    });
  });

  test('C-16: nothing given changes nothing', () => {
    const current = usage();
    expect(updateTokenUsage(current, {}, aPricing())).toBe(current);
    expect(updateTokenUsage(current, { promptTokens: undefined, estimatedCostUsd: null })).toBe(
      current,
    );
    expect(updateTokenUsage(null, {}, aPricing())).toBeNull();
  });

  test('makes a usage where there was none', () => {
    expect(updateTokenUsage(null, { promptTokens: 3, model: 'small' }, aPricing())).toMatchObject({
      promptTokens: 3,
      totalTokens: 3,
      estimatedCostUsd: '0.000003',
    });
  });

  test('W-47: another model keeps counts and total and is priced anew', () => {
    expect(updateTokenUsage(usage(), { model: 'large' }, aPricing())).toMatchObject({
      promptTokens: 10,
      totalTokens: 99,
      model: 'large',
      estimatedCostUsd: '0.0002',
    });
  });

  test('another model without a known price has no cost', () => {
    expect(
      updateTokenUsage(usage(), { model: 'no-such-model' }, aPricing()).estimatedCostUsd,
    ).toBeNull();
  });

  test('only a new cost keeps everything else', () => {
    const current = usage();
    expect(updateTokenUsage(current, { estimatedCostUsd: '7' })).toEqual({
      ...current,
      estimatedCostUsd: '7',
    });
  });

  test('new counts drop buckets that described the old ones', () => {
    const current = createTokenUsage(
      { model: 'small', buckets: { inputTokens: 8, outputTokens: 1 } },
      aPricing(),
    );
    const updated = updateTokenUsage(current, { promptTokens: 2 }, aPricing());
    expect(updated).not.toHaveProperty('buckets');
    expect(updated).toMatchObject({ promptTokens: 2, completionTokens: 1, origin: 'estimated' });
  });

  test('new buckets replace counts, origin and cost', () => {
    const buckets = { inputTokens: 50, outputTokens: 4 };
    expect(updateTokenUsage(usage(), { buckets }, aPricing())).toMatchObject({
      promptTokens: 50,
      completionTokens: 4,
      totalTokens: 54,
      estimatedCostUsd: '0.000058',
      origin: 'reported',
      buckets,
    });
  });
});

describe('addTokenUsage', () => {
  test('W-47: keeps explicit totals and costs of both', () => {
    const left = createTokenUsage({
      promptTokens: 5,
      totalTokens: 50,
      model: 'small',
      estimatedCostUsd: '0.1',
    });
    const right = createTokenUsage({
      completionTokens: 2,
      model: 'large',
      estimatedCostUsd: '0.2',
    });
    expect(addTokenUsage(left, right)).toEqual({
      promptTokens: 5,
      completionTokens: 2,
      totalTokens: 52,
      model: 'small',
      estimatedCostUsd: '0.3',
      origin: 'estimated',
    });
  });

  test('has no cost when a part has tokens of unknown price', () => {
    const priced = createTokenUsage({ promptTokens: 1, estimatedCostUsd: '1' });
    const unpriced = createTokenUsage({ promptTokens: 1 });
    expect(addTokenUsage(priced, unpriced).estimatedCostUsd).toBeNull();
  });

  test('nothing added changes nothing but a missing model', () => {
    const usage = createTokenUsage({ buckets: { inputTokens: 3 }, estimatedCostUsd: '1' });
    expect(addTokenUsage(usage, createTokenUsage({ model: 'm' }))).toEqual({
      ...usage,
      model: 'm',
    });
    expect(addTokenUsage(createTokenUsage({ model: 'm' }), usage)).toEqual({
      ...usage,
      model: 'm',
    });
  });

  test('counts calls when buckets are added', () => {
    const reported = createTokenUsage({ buckets: { inputTokens: 3, outputTokens: 1 } });
    const estimated = createTokenUsage({ promptTokens: 2 });
    expect(addTokenUsage(reported, reported).buckets).toEqual({
      inputTokens: 6,
      outputTokens: 2,
      requests: 2,
    });
    expect(addTokenUsage(reported, estimated).buckets).toEqual({
      inputTokens: 5,
      outputTokens: 1,
      requests: 1,
    });
  });
});

describe('tokenUsageSchema', () => {
  test('reads back what was written as JSON', () => {
    const usage = createTokenUsage(
      { model: 'small', buckets: { inputTokens: 8, cacheReadTokens: 2 } },
      aPricing(),
    );
    expect(tokenUsageSchema.parse(JSON.parse(JSON.stringify(usage)))).toEqual(usage);
  });

  test('refuses a cost that is not an exact decimal', () => {
    const usage = createTokenUsage({ promptTokens: 1 });
    expect(tokenUsageSchema.safeParse({ ...usage, estimatedCostUsd: 0.1 }).success).toBe(false);
  });
});
