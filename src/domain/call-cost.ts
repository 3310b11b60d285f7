import { InvalidInput } from './errors.ts';
import { MAX_USD, type PicoUsd } from './money.ts';

const PICO_PER_USD = 1_000_000_000_000n;

/** A cost of one call as records have it: whole pico-dollars, of no more digits than {@link MAX_USD} has. */
export const COST_PICO: RegExp = /^\d{1,22}$/;

/**
 * What somebody says that a call cost. One that no record can hold would make the whole log unreadable.
 * @throws INVALID_INPUT when it is less than nothing, or more than {@link MAX_USD}.
 */
export function assertStatedCost(pico: PicoUsd | null): void {
  if (pico === null || isRecordable(pico)) return;
  throw new InvalidInput({ field: 'options.costUsd', expected: `0 to ${MAX_USD} US dollars` });
}

/**
 * What a call is priced at. More than anybody may state is a mistake in a price or in a count.
 * @throws INVALID_INPUT beyond {@link MAX_USD}.
 */
export function assertPricedCost(pico: PicoUsd): PicoUsd {
  if (isRecordable(pico)) return pico;
  const expected = `tokens that cost at most ${MAX_USD} US dollars at the price of the model`;
  throw new InvalidInput({ field: 'usage', expected });
}

function isRecordable(pico: PicoUsd): boolean {
  return pico >= 0n && pico <= MAX_USD * PICO_PER_USD;
}
