import { SessionManagerError } from './errors.ts';
import type { EventFigures } from './log-event.ts';
import type { SessionTotals } from './totals.ts';
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

/** Whether all sums of a session are exact. */
export function isExact({
  promptTokens,
  completionTokens,
  totalTokens,
  billed,
}: SessionTotals): boolean {
  const billedCounts = usageEntries(billed).map(([, count]) => count);
  return [promptTokens, completionTokens, totalTokens, ...billedCounts].every(Number.isSafeInteger);
}

const NO_FIGURES: EventFigures = { tokenUsage: null, billing: null };

/** Sums from here on leave no room for what others may record at the same time. */
const CLOSE = 2 ** 52;

/**
 * Refuses figures with which a sum of the session could no longer be exact; `before` are those that they replace. Returns
 * whether a sum comes so close to the limit that nothing may be recorded in between.
 * @throws COUNT_OVERFLOW
 */
export function assertExact(
  totals: SessionTotals,
  after: EventFigures,
  before: EventFigures = NO_FIGURES,
): boolean {
  const largest = largestSum(totals, { after, before });
  if (largest > Number.MAX_SAFE_INTEGER) throw countOverflow();
  return largest > CLOSE;
}

/** The largest of the sums that the figures are part of; the total is not always that of both sides, so all are looked at. */
function largestSum(
  totals: SessionTotals,
  { after, before }: { readonly after: EventFigures; readonly before: EventFigures },
): number {
  const { tokenUsage: tokens, billing } = after;
  let largest = 0;
  for (const name of COUNTS) {
    const replaced = before.tokenUsage?.[name] ?? 0;
    if (tokens !== null) largest = Math.max(largest, totals[name] - replaced + tokens[name]);
  }
  for (const [unit, count] of billing === null ? [] : usageEntries(billing.usage)) {
    const replaced = before.billing?.usage[unit] ?? 0;
    largest = Math.max(largest, (totals.billed[unit] ?? 0) - replaced + count);
  }
  return largest;
}

const COUNTS = ['promptTokens', 'completionTokens', 'totalTokens'] as const;
