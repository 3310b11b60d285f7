import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseProviderUsage } from '../../../src/pricing/provider-usage.ts';
import { usageFromCounts } from '../../../src/pricing/stated-usage.ts';
import { anyUsages } from '../usage/usages.ts';

const providers = fc.constantFrom(undefined, 'openai', 'anthropic', 'aws', 'google', 'my-gateway');
const counts = fc.nat(1_000_000);
const someCounts = fc.option(counts, { nil: undefined });
const usageCounts = fc.record({
  promptTokens: counts,
  completionTokens: counts,
  cachedTokens: someCounts,
  cacheWriteTokens: someCounts,
  reasoningTokens: someCounts,
});

describe('parseProviderUsage', () => {
  test('reads our own buckets as they are, whoever answered', () => {
    const usages = anyUsages.filter((usage) => Object.keys(usage).length > 0);
    fc.assert(
      fc.property(usages, providers, (usage, provider) => {
        expect(parseProviderUsage(usage, { provider })).toEqual(usage);
        expect(parseProviderUsage({ usage }, { provider })).toEqual(usage);
        expect(parseProviderUsage(JSON.parse(JSON.stringify(usage)), { provider })).toEqual(usage);
      }),
    );
  });

  test('reads plain counts as they are made usage of', () => {
    fc.assert(
      fc.property(usageCounts, providers, (usage, provider) => {
        expect(parseProviderUsage(usage, { provider })).toEqual(usageFromCounts(usage));
      }),
    );
  });
});
