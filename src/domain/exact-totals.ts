import { countOverflow } from './exact-sum.ts';
import type { EventFigures } from './log-event.ts';
import type { SessionTotals } from './totals.ts';
import { usageEntries } from './usage.ts';

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
