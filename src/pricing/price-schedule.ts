import { assertNever } from '../domain/assert.ts';
import { findPriceKey } from './price-key.ts';
import { createPriceRow, type PriceRow, type UnitPrice } from './price-row.ts';
import type {
  ConditionalSourcePrices,
  SourceConstraint,
  SourcePrices,
  SourceSchedule,
} from './price-source.ts';

type Condition =
  | { readonly kind: 'otherwise' }
  | { readonly kind: 'since'; readonly sinceMs: number }
  | { readonly kind: 'daily'; readonly fromMs: number; readonly untilMs: number };

/** The prices of one model over time; later entries win. */
export type PriceSchedule = readonly { readonly condition: Condition; readonly row: PriceRow }[];

const DAY_MS = 86_400_000;
const TIME_OF_DAY = /^(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * Prepares the prices of a model. Prices for things that are not known here are left out, as there is nothing to count.
 * @throws INVALID_INPUT for a price that is not a decimal number >= 0.
 */
export function createPriceSchedule(source: SourceSchedule): PriceSchedule {
  const entries: readonly ConditionalSourcePrices[] = isConditional(source)
    ? source
    : [{ prices: source }];
  return entries.map(({ constraint, prices }) => ({
    condition: conditionOf(constraint),
    row: createPriceRow(unitPricesOf(prices)),
  }));
}

function isConditional(source: SourceSchedule): source is readonly ConditionalSourcePrices[] {
  return Array.isArray(source);
}

function unitPricesOf(prices: SourcePrices): readonly UnitPrice[] {
  return Object.entries(prices).flatMap(([name, price]): readonly UnitPrice[] => {
    const key = findPriceKey(name);
    if (key === undefined || price === undefined) return [];
    if (typeof price === 'number') return [{ ...key, usd: price, tiers: [] }];
    return [
      {
        ...key,
        usd: price.base,
        tiers: price.tiers.map((tier) => ({ start: tier.start, usd: tier.price })),
      },
    ];
  });
}

function conditionOf(constraint: SourceConstraint | undefined): Condition {
  if (constraint === undefined) return { kind: 'otherwise' };
  if (constraint.type === 'start_date')
    return { kind: 'since', sinceMs: Date.parse(constraint.start_date) };
  return {
    kind: 'daily',
    fromMs: timeOfDayMs(constraint.start_time),
    untilMs: timeOfDayMs(constraint.end_time),
  };
}

/** Milliseconds since midnight UTC; NaN, which holds at no time, for a text that is no time. */
function timeOfDayMs(text: string): number {
  const match = TIME_OF_DAY.exec(text);
  if (match === null) return Number.NaN;
  const [, hours, minutes, seconds, sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const localMs = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  const offsetMs =
    (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return (localMs - offsetMs + DAY_MS) % DAY_MS;
}

/** The prices that hold at a time: the last entry whose condition is met, else the first; undefined for an empty schedule. */
export function rowAt(schedule: PriceSchedule, atMs: number): PriceRow | undefined {
  return (schedule.findLast(({ condition }) => isMet(condition, atMs)) ?? schedule[0])?.row;
}

function isMet(condition: Condition, atMs: number): boolean {
  switch (condition.kind) {
    case 'otherwise':
      return true;
    case 'since':
      return atMs >= condition.sinceMs;
    case 'daily': {
      const { fromMs, untilMs } = condition;
      const timeMs = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
      if (untilMs < fromMs) return timeMs >= fromMs || timeMs < untilMs;
      return timeMs >= fromMs && timeMs < untilMs;
    }
    default:
      return assertNever(condition);
  }
}
