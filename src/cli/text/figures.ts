import { parseUsdSum, toUsdNumber } from '../../domain/money.ts';

/** Money spent on model calls, and how many of them have a price. */
export interface Spending {
  /** Exact decimal string of US dollars. */
  readonly costUsd: string;
  readonly pricedCalls: number;
  readonly unpricedCalls: number;
}

const KILO = 1000;
const SIZES = [
  { size: 1e9, letter: 'G' },
  { size: 1e6, letter: 'M' },
  { size: 1e3, letter: 'k' },
] as const;
const NEARLY_ONE = 0.9995;
const MINUTE_MS = 60_000;

/** A whole number with commas: `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** So many of something that takes an `s` in the plural: `1 record`, `12,345 records`. */
export function formatAmount(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** A size to three digits or so: `950`, `12.3k`, `4.1M`. */
export function formatSize(count: number): string {
  // What would round to 1000 of a unit is 1.0 of the next.
  const unit = SIZES.find(({ size }) => count >= size * NEARLY_ONE);
  if (unit === undefined) return String(Math.round(count));
  const value = count / unit.size;
  return `${value.toFixed(value < 100 ? 1 : 0)}${unit.letter}`;
}

/** US dollars with as many digits as an amount of this size needs. */
export function formatUsd(usd: string): string {
  const amount = toUsdNumber(parseUsdSum(usd));
  if (amount === 0) return '$0';
  if (amount >= 1)
    return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  if (amount >= 0.01) return `$${amount.toFixed(4)}`;
  return amount < 1e-6 ? '<$0.000001' : `$${amount.toFixed(6)}`;
}

/** What was spent; `unpriced` when no call has a price, and how many have none when some have. */
export function formatSpending({ costUsd, pricedCalls, unpricedCalls }: Spending): string {
  if (unpricedCalls === 0) return formatUsd(costUsd);
  if (pricedCalls === 0) return 'unpriced';
  return `${formatUsd(costUsd)} + ${formatCount(unpricedCalls)} unpriced`;
}

/** A duration in the unit that suits it. */
export function formatDuration(durationMs: number): string {
  if (durationMs < KILO) return `${Math.round(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${(durationMs / KILO).toFixed(2)} s`;
  const minutes = Math.floor(durationMs / MINUTE_MS);
  const seconds = Math.floor((durationMs % MINUTE_MS) / KILO);
  return `${minutes} min ${String(seconds).padStart(2, '0')} s`;
}
