import { assertObject } from '../domain/argument.ts';
import { tokenEngine } from '../config/environment.ts';
import { createTokenCounter as createCounter } from '../tokens/token-counter.ts';
import type { TokenCounter, TokenCounterOptions } from '../tokens/token-counter.ts';

/**
 * Creates a counter. Nothing is loaded before the first count that needs it. Where no `engine` is named it is the one of
 * `PAGEFOLD_TOKEN_ENGINE`; runtimes and prompt functions get their counters here too.
 * @throws INVALID_INPUT naming the option, or the variable.
 */
export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  assertObject(options, 'options');
  return createCounter({ ...options, engine: options.engine ?? tokenEngine() });
}
