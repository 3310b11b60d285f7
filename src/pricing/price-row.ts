import {
  decimalOfNumber,
  divideHalfEven,
  parseDecimal,
  powerOfTen,
  type Decimal,
} from '../domain/decimal.ts';
import { InvalidInput } from '../domain/errors.ts';
import { toPicoUsd, type PicoUsd } from '../domain/money.ts';
import {
  countWords,
  hasWord,
  isOverlapOf,
  isPartOf,
  USAGE_UNITS,
  type UsageUnit,
} from '../domain/usage-unit.ts';
import { isCount, type UsageBuckets } from '../domain/usage.ts';

/** The price of `per` of a unit, in US dollars as a decimal; it may rise with the input tokens of the call. */
export interface UnitPrice {
  readonly unit: UsageUnit;
  readonly per: bigint;
  readonly usd: string | number;
  readonly tiers: readonly { readonly start: number; readonly usd: number }[];
}

/** The exact cost of a usage by its three sides. */
export interface SideCosts {
  readonly inputPico: PicoUsd;
  readonly outputPico: PicoUsd;
  readonly otherPico: PicoUsd;
}

/** Prices of one model at one time, ready for exact arithmetic. */
export interface PriceRow {
  /** Special units first, so that a unit's parts are known before the unit. */
  readonly units: readonly RatedUnit[];
  readonly hasTiers: boolean;
  /** Rates are pico-dollars per `divisor` of a unit; 1 for nearly all rows. */
  readonly divisor: bigint;
}

interface RatedUnit {
  readonly unit: UsageUnit;
  readonly side: 0 | 1 | 2;
  readonly rate: bigint;
  readonly tiers: readonly { readonly start: number; readonly rate: bigint }[];
  /** Positions in the row of the units that are priced apart although this one includes them. */
  readonly parts: readonly number[];
  /** When the unit itself is not reported, a positive number in any of these says that it is missing, not zero. */
  readonly partUnits: readonly UsageUnit[];
  /** As `partUnits`, for two units that overlap in this one. */
  readonly overlapping: readonly (readonly [UsageUnit, UsageUnit])[];
}

const PICO_PER_USD = 1_000_000_000_000n;

/**
 * Prepares a row: every price becomes a whole number of pico-dollars over one divisor that all prices of the row share.
 * @throws INVALID_INPUT for a price that is not a decimal number >= 0.
 */
export function createPriceRow(prices: readonly UnitPrice[]): PriceRow {
  const sorted = prices.toSorted((left, right) => countWords(right.unit) - countWords(left.unit));
  const divisor = sorted
    .flatMap(allRates)
    .reduce((common, rate) => leastCommonMultiple(common, rate.below), 1n);
  const toRate = (fraction: Fraction): bigint => fraction.above * (divisor / fraction.below);
  const units = sorted.map((price): RatedUnit => ({
    unit: price.unit,
    side: sideOf(price.unit),
    rate: toRate(rateOf(price.usd, price)),
    tiers: price.tiers
      .map((tier) => ({ start: tier.start, rate: toRate(rateOf(tier.usd, price)) }))
      .toSorted((left, right) => left.start - right.start),
    parts: sorted.flatMap((other, index) => (isPartOf(other.unit, price.unit) ? [index] : [])),
    partUnits: USAGE_UNITS.filter((unit) => isPartOf(unit, price.unit)),
    overlapping: overlappingUnits(price.unit),
  }));
  return { units, hasTiers: units.some((unit) => unit.tiers.length > 0), divisor };
}

interface Fraction {
  readonly above: bigint;
  readonly below: bigint;
}

function allRates(price: UnitPrice): readonly Fraction[] {
  return [price.usd, ...price.tiers.map((tier) => tier.usd)].map((usd) => rateOf(usd, price));
}

/** Pico-dollars per one of the unit, as a fraction in lowest terms. */
function rateOf(usd: string | number, { unit, per }: UnitPrice): Fraction {
  const decimal = typeof usd === 'number' ? decimalOfNumber(usd) : parseDecimal(usd);
  if (decimal === null || decimal.units < 0n) {
    throw new InvalidInput({
      field: `price of ${unit}`,
      expected: 'a decimal number >= 0',
    });
  }
  return reduce(decimal, per);
}

function reduce({ units, scale }: Decimal, per: bigint): Fraction {
  const above = units * PICO_PER_USD;
  const below = powerOfTen(scale) * per;
  const common = greatestCommonDivisor(above, below);
  return { above: above / common, below: below / common };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [larger, smaller] = [left, right];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function leastCommonMultiple(left: bigint, right: bigint): bigint {
  return (left / greatestCommonDivisor(left, right)) * right;
}

function sideOf(unit: UsageUnit): RatedUnit['side'] {
  if (hasWord(unit, 'input')) return 0;
  return hasWord(unit, 'output') ? 1 : 2;
}

function overlappingUnits(unit: UsageUnit): RatedUnit['overlapping'] {
  const wholes = USAGE_UNITS.filter((whole) => isPartOf(unit, whole));
  return wholes.flatMap((first, index) =>
    wholes
      .slice(index + 1)
      .flatMap((second) => (isOverlapOf(unit, first, second) ? [[first, second] as const] : [])),
  );
}

/**
 * The exact cost of a usage: each unit is charged for what its priced parts leave over, by the tier that the input tokens
 * of the whole call reach. Each side is rounded once, to the nearest pico-dollar (ties to even), which only matters for
 * prices finer than that. Null when the numbers contradict each other or one is missing that the row needs.
 */
export function priceWithRow(row: PriceRow, usage: UsageBuckets): SideCosts | null {
  const inputTokens = row.hasTiers ? inputTokensOf(usage) : 0;
  if (inputTokens === null) return null;
  const leftOver: number[] = [];
  const sums: [bigint, bigint, bigint] = [0n, 0n, 0n];
  for (const rated of row.units) {
    const count = chargedCount(rated, usage);
    if (count === null) return null;
    let rest = count;
    for (const part of rated.parts) rest -= leftOver[part] ?? 0;
    if (rest < 0) return null;
    leftOver.push(rest);
    if (rest > 0) sums[rated.side] += BigInt(rest) * rateAt(rated, inputTokens);
  }
  return {
    inputPico: roundSide(sums[0], row.divisor),
    outputPico: roundSide(sums[1], row.divisor),
    otherPico: roundSide(sums[2], row.divisor),
  };
}

const INPUT_PARTS: readonly UsageUnit[] = USAGE_UNITS.filter((unit) =>
  isPartOf(unit, 'inputTokens'),
);

function inputTokensOf(usage: UsageBuckets): number | null {
  const count = usage.inputTokens;
  if (count !== undefined) return isCount(count) ? count : null;
  return INPUT_PARTS.some((unit) => isUsed(usage, unit)) ? null : 0;
}

function chargedCount(rated: RatedUnit, usage: UsageBuckets): number | null {
  const count = usage[rated.unit];
  if (count !== undefined) return isCount(count) ? count : null;
  // One usage is one call unless it says how many.
  if (rated.unit === 'requests') return 1;
  if (rated.partUnits.some((unit) => isUsed(usage, unit))) return null;
  const hasOverlap = rated.overlapping.some(
    ([first, second]) => isUsed(usage, first) && isUsed(usage, second),
  );
  return hasOverlap ? null : 0;
}

function isUsed(usage: UsageBuckets, unit: UsageUnit): boolean {
  return (usage[unit] ?? 0) > 0;
}

function rateAt(rated: RatedUnit, inputTokens: number): bigint {
  let { rate } = rated;
  for (const tier of rated.tiers) if (inputTokens > tier.start) rate = tier.rate;
  return rate;
}

function roundSide(sum: bigint, divisor: bigint): PicoUsd {
  return toPicoUsd(divisor === 1n ? sum : divideHalfEven(sum, divisor));
}
