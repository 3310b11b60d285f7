import { InvalidInput } from '../domain/errors.ts';

/**
 * Checks a limit in tokens; infinity is no limit.
 * @throws INVALID_INPUT when it is negative or not a number.
 */
export function assertTokenLimit(maxTokens: number): void {
  if (typeof maxTokens === 'number' && maxTokens >= 0) return;
  const expected = `a number of tokens of at least 0, got ${String(maxTokens)}`;
  throw new InvalidInput({ field: 'maxTokens', expected });
}
