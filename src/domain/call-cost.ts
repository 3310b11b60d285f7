import { InvalidInput } from './errors.ts';
import { MAX_USD, type PicoUsd } from './money.ts';

const PICO_PER_USD = 1_000_000_000_000n;

/** Digits that the cost of one call has at most in a record, in whole pico-dollars. */
const MAX_DIGITS = 40;
const LIMIT = 10n ** BigInt(MAX_DIGITS);
/** A cost of one call as records have it. */
export const COST_PICO: RegExp = new RegExp(`^\\d{1,${MAX_DIGITS}}$`);

/**
 * What somebody says that a call cost. One that no record can hold would make the whole log unreadable.
 * @throws INVALID_INPUT when it is less than nothing, or more than {@link MAX_USD}.
 */
export function assertStatedCost(pico: PicoUsd | null): void {
  if (pico === null || (pico >= 0n && pico <= MAX_USD * PICO_PER_USD)) return;
  throw new InvalidInput({ field: 'options.costUsd', expected: `0 to ${MAX_USD} US dollars` });
}

/**
 * What a call is priced at, which may be more than anybody may state.
 * @throws INVALID_INPUT for a cost that no record can hold: a mistake in a price or in a count.
 */
export function assertPricedCost(pico: PicoUsd): PicoUsd {
  if (pico < LIMIT) return pico;
  throw new InvalidInput({ field: 'usage', expected: 'tokens of a cost that a record can hold' });
}
