import { z } from 'zod';
import { parseDecimal } from '../domain/decimal.ts';
import { InvalidInput } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import { keyName } from '../domain/schema-path.ts';
import type { UsageUnit } from '../domain/usage-unit.ts';
import { createPriceRow, type PriceRow, type UnitPrice } from './price-row.ts';

/** An amount of US dollars: a decimal string, or a number taken as the decimal that JavaScript prints for it. */
export type UsdAmount = string | number;

/** Your own prices of a model. Parts without a price of their own cost what the whole costs. */
export interface PriceOverride {
  readonly inputPerMillion: UsdAmount;
  readonly outputPerMillion: UsdAmount;
  readonly cacheReadPerMillion?: UsdAmount | undefined;
  readonly cacheWritePerMillion?: UsdAmount | undefined;
  readonly cacheWrite1hPerMillion?: UsdAmount | undefined;
  readonly reasoningPerMillion?: UsdAmount | undefined;
  readonly requestsPerThousand?: UsdAmount | undefined;
  readonly webSearchesPerThousand?: UsdAmount | undefined;
  /** Restricts the prices to calls that name this provider (`openai` for `openai.responses` too) or none. */
  readonly provider?: string | undefined;
}

/** Your own prices by model name. */
export type PriceOverrides = Readonly<Record<string, PriceOverride>>;

/** As OpenAI, Anthropic and Vertex date the versions of their models. */
const VERSION_DATE = /[-@]20\d\d-?[01]\d-?[0-3]\d$/;

/** An override, ready to price with. */
export interface OverrideRow {
  readonly provider: string | null;
  readonly priceId: string;
  readonly row: PriceRow;
}

const UNITS = {
  inputPerMillion: ['inputTokens', 1_000_000n],
  outputPerMillion: ['outputTokens', 1_000_000n],
  cacheReadPerMillion: ['cacheReadTokens', 1_000_000n],
  cacheWritePerMillion: ['cacheWriteTokens', 1_000_000n],
  cacheWrite1hPerMillion: ['cacheWrite1hTokens', 1_000_000n],
  reasoningPerMillion: ['outputReasoningTokens', 1_000_000n],
  requestsPerThousand: ['requests', 1000n],
  webSearchesPerThousand: ['webSearches', 1000n],
} as const satisfies Record<string, readonly [UsageUnit, bigint]>;

type AmountName = keyof typeof UNITS;

// The keys of a literal table are exactly its names.
const AMOUNT_NAMES = Object.keys(UNITS) as readonly AmountName[];

/** The amounts are checked where they are read. */
const namesSchema = z.strictObject(
  Object.fromEntries([...AMOUNT_NAMES, 'provider'].map((name) => [name, z.unknown().optional()])),
);

/**
 * Prepares overrides for look-up by lower-case model name.
 * @throws INVALID_INPUT naming the price below `field` that is missing, unknown or not an amount >= 0; models by their number.
 */
export function createOverrideRows(
  overrides: PriceOverrides,
  field = 'options.overrides',
): ReadonlyMap<string, OverrideRow> {
  return new Map(
    Object.entries(overrides).map(([model, override], index) => [
      toLookupName(model),
      toRow(model, override, `${field}.${keyName(index)}`),
    ]),
  );
}

/** How names are compared: surrounding spaces and case do not matter. */
export function toLookupName(name: string): string {
  return name.trim().toLowerCase();
}

/** The name without the date of a version at its end (`-2024-08-06`, `-20250929`, `@20250929`); null for one that has none. */
export function undatedName(name: string): string | null {
  const undated = name.replace(VERSION_DATE, '');
  return undated === name || undated === '' ? null : undated;
}

function toRow(model: string, override: PriceOverride, field: string): OverrideRow {
  assertKnownNames(override, field);
  const provider = override.provider === undefined ? null : toLookupName(override.provider);
  return {
    provider,
    priceId: `${provider ?? 'override'}/${toLookupName(model)}`,
    row: createPriceRow(AMOUNT_NAMES.flatMap((name) => unitPriceOf(override, name, field))),
  };
}

/** A misspelt price would silently not count. */
function assertKnownNames(override: PriceOverride, field: string): void {
  // In JavaScript anything can stand there.
  const given: unknown = override;
  if (typeof given !== 'object' || given === null)
    throw new InvalidInput({ field, expected: 'an object with prices' });
  if (override.provider !== undefined && typeof override.provider !== 'string')
    throw new InvalidInput({ field: `${field}.provider`, expected: 'a string' });
  parseInput(namesSchema, override, field);
}

function unitPriceOf(
  override: PriceOverride,
  name: AmountName,
  field: string,
): readonly UnitPrice[] {
  const usd = override[name];
  const isOptional = name !== 'inputPerMillion' && name !== 'outputPerMillion';
  if (usd === undefined && isOptional) return [];
  if (!isAmount(usd)) {
    throw new InvalidInput({
      field: `${field}.${name}`,
      expected: 'a decimal amount >= 0',
    });
  }
  const [unit, per] = UNITS[name];
  return [{ unit, per, usd, tiers: [] }];
}

function isAmount(usd: UsdAmount | undefined): usd is UsdAmount {
  const decimal = usd === undefined ? null : parseDecimal(String(usd));
  return decimal !== null && decimal.units >= 0n;
}
