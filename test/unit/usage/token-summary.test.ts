import { describe, expect, test } from 'vitest';

import {
  addToSummary,
  EMPTY_TOKEN_SUMMARY,
  MAX_MODEL_LINES,
  mergeSummaries,
  OTHER_MODELS_LINE,
  replaceInSummary,
  subtractFromSummary,
  summarizeUsage,
  tokenSummarySchema,
} from '../../../src/domain/token-summary.ts';
import { createTokenUsage, updateTokenUsage } from '../../../src/domain/token-usage.ts';
import { createPriceBook } from '../../../src/pricing/genai-price-book.ts';

describe('addToSummary', () => {
  test('C-51: adds totals and a line per model', () => {
    const summary = summarizeUsage([
      createTokenUsage({
        promptTokens: 10,
        completionTokens: 5,
        model: 'a',
        estimatedCostUsd: '0.1',
      }),
      null,
      createTokenUsage({
        promptTokens: 1,
        model: 'a',
        estimatedCostUsd: '0.2',
        buckets: { inputTokens: 1 },
      }),
      createTokenUsage({ completionTokens: 2, model: 'b' }),
    ]);
    expect(summary).toEqual({
      totalPromptTokens: 11,
      totalCompletionTokens: 7,
      totalTokens: 18,
      usageByModel: {
        a: {
          promptTokens: 11,
          completionTokens: 5,
          totalTokens: 16,
          model: 'a',
          estimatedCostUsd: '0.3',
          buckets: { inputTokens: 1, requests: 1 },
          origin: 'estimated',
          usages: 2,
          unpricedUsages: 0,
          estimatedUsages: 1,
        },
        b: {
          promptTokens: 0,
          completionTokens: 2,
          totalTokens: 2,
          model: 'b',
          estimatedCostUsd: null,
          origin: 'estimated',
          usages: 1,
          unpricedUsages: 1,
          estimatedUsages: 1,
        },
      },
      totalEstimatedCostUsd: '0.3',
    });
  });

  test('usage without a model counts in the totals only', () => {
    const summary = addToSummary(
      EMPTY_TOKEN_SUMMARY,
      createTokenUsage({ promptTokens: 3, estimatedCostUsd: '1' }),
    );
    expect(summary).toMatchObject({ totalTokens: 3, totalEstimatedCostUsd: '1', usageByModel: {} });
  });

  test('W-47: explicit totals and costs are the same in the total and in the line', () => {
    const usage = createTokenUsage({
      promptTokens: 5,
      totalTokens: 99,
      model: 'a',
      estimatedCostUsd: '7',
    });
    const summary = addToSummary(EMPTY_TOKEN_SUMMARY, usage);
    expect(summary).toMatchObject({ totalTokens: 99, totalEstimatedCostUsd: '7' });
    expect(summary.usageByModel['a']).toMatchObject({ totalTokens: 99, estimatedCostUsd: '7' });
  });

  test('W-46: 1,000 events of one token cost exactly 1,000 times one', () => {
    const pricing = { priceBook: createPriceBook(), atMs: Date.UTC(2025, 5, 1) };
    const one = createTokenUsage({ promptTokens: 1, model: 'claude-3-haiku-20240307' }, pricing);
    expect(one.estimatedCostUsd).toBe('0.00000025');
    const summary = summarizeUsage(Array.from({ length: 1000 }, () => one));
    expect(summary.totalEstimatedCostUsd).toBe('0.00025');
    expect(summary.usageByModel['claude-3-haiku-20240307']?.estimatedCostUsd).toBe('0.00025');
  });

  test('a model may have any name', () => {
    const usage = createTokenUsage({ promptTokens: 2, model: '__proto__' });
    const summary = addToSummary(addToSummary(EMPTY_TOKEN_SUMMARY, usage), usage);
    expect(Object.entries(summary.usageByModel)).toMatchObject([['__proto__', { totalTokens: 4 }]]);
    expect(
      summarizeUsage([createTokenUsage({ promptTokens: 2, model: 'constructor' })]).totalTokens,
    ).toBe(2);
  });

  test('models beyond the limit share a line, also when lines become empty', () => {
    const usages = Array.from({ length: MAX_MODEL_LINES + 3 }, (_, index) =>
      createTokenUsage({ promptTokens: 1, model: `model-${index}` }),
    );
    let summary = summarizeUsage(usages);
    expect(Object.keys(summary.usageByModel)).toHaveLength(MAX_MODEL_LINES + 1);
    expect(summary.usageByModel[OTHER_MODELS_LINE]).toMatchObject({ totalTokens: 3, usages: 3 });
    for (const usage of usages) summary = subtractFromSummary(summary, usage);
    expect(summary).toMatchObject({ totalTokens: 0 });
    expect(Object.values(summary.usageByModel).every((line) => line.totalTokens === 0)).toBe(true);
  });
});

describe('replaceInSummary', () => {
  test('C-17: a later update of a usage keeps the summary right', () => {
    const before = createTokenUsage({ promptTokens: 10, model: 'a', estimatedCostUsd: '0.5' });
    const other = createTokenUsage({ promptTokens: 1, model: 'a', estimatedCostUsd: '0.25' });
    const after = updateTokenUsage(before, {
      completionTokens: 4,
      model: 'b',
      estimatedCostUsd: '0.75',
    });
    expect(replaceInSummary(summarizeUsage([before, other]), before, after)).toEqual(
      summarizeUsage([other, after]),
    );
  });

  test('adds where there was none and takes away where there is none any more', () => {
    const usage = createTokenUsage({ promptTokens: 10, model: 'a', buckets: { inputTokens: 10 } });
    const summary = replaceInSummary(EMPTY_TOKEN_SUMMARY, null, usage);
    expect(summary).toEqual(summarizeUsage([usage]));
    expect(replaceInSummary(summary, usage, null)).toEqual(EMPTY_TOKEN_SUMMARY);
  });
});

describe('subtractFromSummary', () => {
  test.each([
    { promptTokens: 2 },
    { promptTokens: 1, model: 'b' },
    { promptTokens: 1, model: 'a', estimatedCostUsd: '1' },
  ])('refuses a usage that is not in it: %j', (input) => {
    const summary = summarizeUsage([createTokenUsage({ promptTokens: 1, model: 'a' })]);
    expect(() => subtractFromSummary(summary, createTokenUsage(input))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

describe('mergeSummaries', () => {
  test('equals the summary of all usages', () => {
    const left = [
      createTokenUsage({ promptTokens: 1, model: 'a', estimatedCostUsd: '0.1' }),
      createTokenUsage({ model: 'a', buckets: { inputTokens: 3, outputTokens: 1, requests: 0 } }),
    ];
    const right = [
      createTokenUsage({ promptTokens: 4, model: 'a' }),
      createTokenUsage({ model: 'b', buckets: { inputTokens: 2 } }),
      createTokenUsage({ promptTokens: 4 }),
    ];
    expect(mergeSummaries(summarizeUsage(left), summarizeUsage(right))).toEqual(
      summarizeUsage([...left, ...right]),
    );
  });
});

describe('tokenSummarySchema', () => {
  test('reads back what was written as JSON', () => {
    const summary = summarizeUsage([
      createTokenUsage({ promptTokens: 1, model: 'a', estimatedCostUsd: '0.1' }),
      createTokenUsage({ model: 'b', buckets: { inputTokens: 2 } }),
    ]);
    expect(tokenSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
  });
});
