import { USAGE_UNITS, type UsageUnit } from '../domain/usage-unit.ts';

/** What a price key means: US dollars for `per` of a unit. */
export interface PriceKey {
  readonly unit: UsageUnit;
  readonly per: bigint;
}

/** How the price list names prices: the unit with its last word replaced by the amount the price is for. */
const AMOUNTS: readonly (readonly [unitEnding: string, keyEnding: string, per: bigint])[] = [
  ['_tokens', '_mtok', 1_000_000n],
  ['_ms', '_hours', 3_600_000n],
  ['_characters', '_mchars', 1_000_000n],
  ['_pixels', '_gpixels', 1_000_000_000n],
  ['_pages', '_kpages', 1000n],
];

/** Everything else is counted, by the thousand. */
const COUNTED = ['', '_kcount', 1000n] as const;

const PRICE_KEYS: ReadonlyMap<string, PriceKey> = new Map(USAGE_UNITS.map(priceKeyOf));

function priceKeyOf(unit: UsageUnit): [key: string, meaning: PriceKey] {
  const name = toSnakeCase(unit);
  const [unitEnding, keyEnding, per] = AMOUNTS.find(([ending]) => name.endsWith(ending)) ?? COUNTED;
  return [name.slice(0, name.length - unitEnding.length) + keyEnding, { unit, per }];
}

/** What a price key of the price list means; undefined for a key that is not known here. */
export function findPriceKey(key: string): PriceKey | undefined {
  return PRICE_KEYS.get(key);
}

/** A unit as the price list spells it, e.g. `cache_write_5m_tokens`; durations are in seconds there. */
export function toSourceUnit(unit: UsageUnit): string {
  return toSnakeCase(unit).replace(/_ms$/, '_seconds');
}

function toSnakeCase(unit: UsageUnit): string {
  return unit.replaceAll(/[A-Z0-9]/g, (letter) => `_${letter.toLowerCase()}`);
}
