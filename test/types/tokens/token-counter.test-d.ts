import { expectTypeOf, test } from 'vitest';

import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { countMessageTokens } from '../../../src/tokens/message-tokens.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import type {
  TokenCount,
  TokenCounter,
  TokenCounterOptions,
} from '../../../src/tokens/token-counter.ts';

test('counting is synchronous', () => {
  expectTypeOf<TokenCounter['countText']>().returns.toEqualTypeOf<number>();
  expectTypeOf<TokenCounter['count']>().returns.toEqualTypeOf<TokenCount>();
  expectTypeOf<TokenCounter['countUpTo']>().returns.toEqualTypeOf<number>();
  expectTypeOf<TokenCounter['truncateText']>().returns.toEqualTypeOf<string>();
  expectTypeOf<TokenCounter['preload']>().returns.toEqualTypeOf<void>();
});

test('content may be anything, text must be text', () => {
  expectTypeOf<TokenCounter['count']>().parameter(0).toEqualTypeOf<unknown>();
  expectTypeOf<TokenCounter['countText']>().parameter(0).toEqualTypeOf<string>();
  expectTypeOf(countMessageTokens).parameter(0).toEqualTypeOf<unknown>();
});

test('a count says what it was made with', () => {
  expectTypeOf<TokenCount['encoding']>().toEqualTypeOf<EncodingName | 'estimate'>();
  expectTypeOf<EncodingName>().toEqualTypeOf<'o200k_base' | 'cl100k_base'>();
});

test('options are optional and name known encodings only', () => {
  expectTypeOf(createTokenCounter).toBeCallableWith();
  expectTypeOf(createTokenCounter).toBeCallableWith({ modelEncodings: { mine: 'o200k_base' } });
  expectTypeOf<{ mode: 'guess' }>().not.toExtend<TokenCounterOptions>();
  expectTypeOf<{ modelEncodings: { mine: 'p50k' } }>().not.toExtend<TokenCounterOptions>();
});
