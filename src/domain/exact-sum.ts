import { SessionManagerError } from './errors.ts';
import { addUsage, type UsageBuckets, usageEntries } from './usage.ts';

/**
 * A count added to a sum, or taken out of it (`sign` -1).
 * @throws COUNT_OVERFLOW when the sum would pass 2^53 - 1, above which numbers are no longer told apart.
 */
export function addExactly(sum: number, count: number, sign: 1 | -1 = 1): number {
  const result = sum + sign * count;
  if (Number.isSafeInteger(result)) return result;
  throw countOverflow();
}

/**
 * As `addUsage`.
 * @throws COUNT_OVERFLOW as {@link addExactly}
 */
export function addUsageExactly(
  left: UsageBuckets,
  right: UsageBuckets,
  sign: 1 | -1 = 1,
): UsageBuckets {
  const sum = addUsage(left, right, sign);
  if (usageEntries(sum).every(([, count]) => Number.isSafeInteger(count))) return sum;
  throw countOverflow();
}

/** The refusal of a count that would make a sum inexact. */
export function countOverflow(): SessionManagerError {
  return new SessionManagerError(
    `A sum of counts would pass ${Number.MAX_SAFE_INTEGER}, above which it could not be exact`,
    { code: 'COUNT_OVERFLOW' },
  );
}
