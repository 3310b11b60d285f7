import { expectTypeOf, test } from 'vitest';

import type { PricedUsage } from '../../../src/domain/price-book.ts';
import { updateTokenUsage, type TokenUsage } from '../../../src/domain/token-usage.ts';
import type { UsageBuckets } from '../../../src/domain/usage.ts';

test('buckets have the known units only and cannot be changed', () => {
  expectTypeOf<{
    readonly inputTokens: 1;
    readonly cacheWrite1hTokens: 2;
  }>().toExtend<UsageBuckets>();
  expectTypeOf<UsageBuckets>().not.toHaveProperty('tokens');
  expectTypeOf<Readonly<UsageBuckets>>().toEqualTypeOf<UsageBuckets>();
});

test('only a priced usage has a cost', () => {
  expectTypeOf<PricedUsage['kind']>().toEqualTypeOf<'priced' | 'unpriced'>();
  expectTypeOf<Extract<PricedUsage, { kind: 'unpriced' }>>().not.toHaveProperty('costPico');
});

test('updating a usage that is there never takes it away', () => {
  expectTypeOf(updateTokenUsage<TokenUsage>).returns.toEqualTypeOf<TokenUsage>();
  expectTypeOf(updateTokenUsage<null>).returns.toEqualTypeOf<TokenUsage | null>();
});
