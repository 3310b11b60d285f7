import { InvalidInput } from '../domain/errors.ts';

/**
 * Checks a limit in tokens; infinity is no limit.
 * @throws INVALID_INPUT when it is negative or not a number.
 */
export function assertTokenLimit(maxTokens: number): void {
  const isWhole = Number.isInteger(maxTokens) || maxTokens === Infinity;
  if (isWhole && maxTokens >= 0) return;
  const expected = `a whole number of tokens of at least 0`;
  throw new InvalidInput({ field: 'maxTokens', expected });
}
