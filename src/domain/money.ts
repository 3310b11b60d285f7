import { z } from 'zod';

import {
  decimalOfNumber,
  divideHalfEven,
  parseDecimal,
  powerOfTen,
  type Decimal,
} from './decimal.ts';
import { InvalidInput } from './errors.ts';

/** An exact amount of money in pico-US-dollars (10^-12 USD). */
export type PicoUsd = bigint & { readonly __brand: 'PicoUsd' };

const PICO_DIGITS = 12;

/** No money. */
export const ZERO_USD: PicoUsd = toPicoUsd(0n);

/** No amount that somebody states is larger, so that its text and every sum of such texts stay short. */
export const MAX_USD = 1_000_000_000n;

/** Brands a number of pico-US-dollars. */
export function toPicoUsd(pico: bigint): PicoUsd {
  return pico as PicoUsd; // the only place that makes the brand
}

/**
 * Reads a decimal string of US dollars, e.g. `0.0000025`.
 * @throws INVALID_INPUT when it is not a decimal, finer than 10^-12, or beyond {@link MAX_USD}.
 */
export function parseUsd(text: string, field = 'usd'): PicoUsd {
  return bounded(parseUsdSum(text, field), field);
}

/**
 * As {@link parseUsd} for an amount that was computed: a sum of amounts, or what a call is priced at, has no limit.
 * @throws INVALID_INPUT when it is not a decimal, or finer than 10^-12.
 */
export function parseUsdSum(text: string, field = 'usd'): PicoUsd {
  const decimal = parseDecimal(text);
  if (decimal === null)
    throw new InvalidInput({ field, expected: 'a decimal number of US dollars' });
  const { units, scale } = decimal;
  if (scale <= PICO_DIGITS) return toPicoUsd(units * powerOfTen(PICO_DIGITS - scale));
  const divisor = powerOfTen(scale - PICO_DIGITS);
  if (units % divisor === 0n) return toPicoUsd(units / divisor);
  throw new InvalidInput({ field, expected: `at most ${PICO_DIGITS} digits after the point` });
}

/**
 * Takes a floating-point amount of US dollars, as some providers report it, to the nearest pico-dollar (ties to even).
 * @throws INVALID_INPUT for NaN, infinities, and amounts beyond {@link MAX_USD}.
 */
export function usdFromNumber(usd: number, field = 'usd'): PicoUsd {
  const decimal = decimalOfNumber(usd);
  if (decimal === null)
    throw new InvalidInput({ field, expected: 'a finite number of US dollars' });
  return bounded(roundToPico(decimal), field);
}

function bounded(pico: bigint, field: string): PicoUsd {
  const limit = MAX_USD * powerOfTen(PICO_DIGITS);
  if (pico <= limit && pico >= -limit) return toPicoUsd(pico);
  throw new InvalidInput({ field, expected: `at most ${MAX_USD} US dollars` });
}

function roundToPico({ units, scale }: Decimal): bigint {
  if (scale <= PICO_DIGITS) return units * powerOfTen(PICO_DIGITS - scale);
  return divideHalfEven(units, powerOfTen(scale - PICO_DIGITS));
}

/**
 * The amount as an exact decimal string of US dollars without trailing zeros, e.g. `0.0000025`; never in scientific notation.
 * @throws INVALID_INPUT when it is no bigint.
 */
export function toUsdString(amount: PicoUsd): string {
  // In JavaScript anything can stand there.
  if (typeof amount !== 'bigint')
    throw new InvalidInput({ field: 'amount', expected: 'a bigint of pico-US-dollars' });
  if (amount === 0n) return '0';
  const sign = amount < 0n ? '-' : '';
  const digits = String(amount < 0n ? -amount : amount).padStart(PICO_DIGITS + 1, '0');
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = withoutTrailingZeros(digits.slice(-PICO_DIGITS));
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1;
  return digits.slice(0, end);
}

/** The double nearest to the amount in US dollars: for display only, never to be added up. */
export function toUsdNumber(amount: PicoUsd): number {
  return Number(toUsdString(amount));
}

/** Adds two amounts exactly. */
export function addUsd(left: PicoUsd, right: PicoUsd): PicoUsd {
  return toPicoUsd(left + right);
}

/** Subtracts the second amount from the first exactly; the result may be negative. */
export function subtractUsd(left: PicoUsd, right: PicoUsd): PicoUsd {
  return toPicoUsd(left - right);
}

/** A non-negative decimal string of US dollars with at most 12 digits after the point. */
export const usdStringSchema: z.ZodString = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d{1,12})?$/, 'a non-negative decimal number of US dollars');
