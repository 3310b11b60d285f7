import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseUsd } from '../../../src/domain/money.ts';
import {
  addToSummary,
  EMPTY_TOKEN_SUMMARY,
  mergeSummaries,
  replaceInSummary,
  subtractFromSummary,
  summarizeUsage,
  tokenSummarySchema,
  type TokenSummary,
} from '../../../src/domain/token-summary.ts';
import {
  addTokenUsage,
  createTokenUsage,
  type TokenUsage,
} from '../../../src/domain/token-usage.ts';
import { anyUsages } from './usages.ts';

const costs = fc.option(fc.nat(10_000_000).map((micro) => `${micro}e-6`));

const tokenUsages: fc.Arbitrary<TokenUsage> = fc
  .record({
    promptTokens: fc.nat(1000),
    completionTokens: fc.nat(1000),
    totalTokens: fc.option(fc.nat(5000), { nil: undefined }),
    model: fc.constantFrom('', 'a', 'b', 'c'),
    estimatedCostUsd: costs,
    buckets: fc.option(anyUsages, { nil: undefined }),
  })
  .map((input) => createTokenUsage(input));

const lists = fc.array(tokenUsages, { maxLength: 12 });

function sumOfLines(summary: TokenSummary): bigint {
  return Object.values(summary.usageByModel).reduce(
    (sum, line) => sum + parseUsd(line.estimatedCostUsd ?? '0'),
    0n,
  );
}

describe('token summary', () => {
  test('W-47: totals are the sums over the models and what names none', () => {
    fc.assert(
      fc.property(lists, (usages) => {
        const summary = summarizeUsage(usages);
        const unnamed = summarizeUsage(usages.filter((usage) => usage.model === ''));
        const lines = Object.values(summary.usageByModel);
        expect(summary.totalTokens).toBe(
          lines.reduce((sum, line) => sum + line.totalTokens, unnamed.totalTokens),
        );
        expect(parseUsd(summary.totalEstimatedCostUsd)).toBe(
          sumOfLines(summary) + parseUsd(unnamed.totalEstimatedCostUsd),
        );
      }),
    );
  });

  test('C-48: does not depend on the order', () => {
    fc.assert(
      fc.property(lists, (usages) => {
        expect(summarizeUsage(usages.toReversed())).toEqual(summarizeUsage(usages));
      }),
    );
  });

  test('C-17: replacing a usage gives what a summary from scratch gives', () => {
    fc.assert(
      fc.property(lists, tokenUsages, tokenUsages, (usages, before, after) => {
        const summary = summarizeUsage([...usages, before]);
        expect(replaceInSummary(summary, before, after)).toEqual(
          summarizeUsage([...usages, after]),
        );
      }),
    );
  });

  test('taking away everything leaves nothing', () => {
    fc.assert(
      fc.property(lists, (usages) => {
        expect(usages.reduce(subtractFromSummary, summarizeUsage(usages))).toEqual(
          EMPTY_TOKEN_SUMMARY,
        );
      }),
    );
  });

  test('merging two equals one over both', () => {
    fc.assert(
      fc.property(lists, lists, (left, right) => {
        expect(mergeSummaries(summarizeUsage(left), summarizeUsage(right))).toEqual(
          summarizeUsage([...left, ...right]),
        );
      }),
    );
  });

  test('survives JSON', () => {
    fc.assert(
      fc.property(lists, (usages) => {
        const summary = usages.reduce(addToSummary, EMPTY_TOKEN_SUMMARY);
        expect(tokenSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
      }),
    );
  });
});

describe('addTokenUsage', () => {
  test('does not care for grouping', () => {
    fc.assert(
      fc.property(tokenUsages, tokenUsages, tokenUsages, (a, b, c) => {
        expect(addTokenUsage(addTokenUsage(a, b), c)).toEqual(
          addTokenUsage(a, addTokenUsage(b, c)),
        );
      }),
    );
  });
});
