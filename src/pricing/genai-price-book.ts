import { assertObject, assertText } from '../domain/argument.ts';
import { InvalidInput } from '../domain/errors.ts';
import { addUsd } from '../domain/money.ts';
import { optionNames } from '../domain/option-names.ts';
import type {
  PriceBook,
  PricedUsage,
  PriceUsageParams,
  UnpricedReason,
} from '../domain/price-book.ts';
import type { UsageBuckets } from '../domain/usage.ts';
import { USAGE_UNITS } from '../domain/usage-unit.ts';
import { candidatesOf, findModelRow, type ModelCandidate, type ModelRow } from './model-row.ts';
import {
  createOverrideRows,
  toLookupName,
  undatedName,
  type OverrideRow,
  type PriceOverrides,
} from './price-override.ts';
import { priceWithRow, type PriceRow } from './price-row.ts';
import { rowAt } from './price-schedule.ts';
import { loadGenaiPrices, type PriceSource } from './price-source.ts';

/** How a price book is made. */
export interface PriceBookOptions {
  /**
   * Prices that come before the price list, by model name (case does not matter). A model's name stands for its dated versions too, as
   * providers name them in answers, unless the list has such a version as a model with prices of its own.
   */
  readonly overrides?: PriceOverrides | undefined;
  /** Another or a newer price list; what it answers for a model is kept, so make a new book after it has changed. */
  readonly source?: PriceSource | undefined;
}

/** Model names longer than this are unknown without a look-up: the list has none, and its patterns cost time. */
const MAX_NAME_LENGTH = 256;

/** Look-ups remembered, found or not; finding one takes some 50 µs, remembering it makes it free. */
const MAX_REMEMBERED = 1000;

const UNITS: ReadonlySet<string> = new Set(USAGE_UNITS);

const checkNames = optionNames<PriceBookOptions>({ overrides: true, source: true });

/**
 * Makes a price book over the maintained price list `@pydantic/genai-prices`, computing in whole pico-dollars.
 * @throws INVALID_INPUT for an override that is not a price, and for an option that does not exist.
 * @example
 * const priceBook = createPriceBook({ overrides: { 'my-model': { inputPerMillion: '2.5', outputPerMillion: '10' } } });
 */
export function createPriceBook(options: PriceBookOptions = {}): PriceBook {
  checkNames(options);
  return new GenaiPriceBook(options);
}

class GenaiPriceBook implements PriceBook {
  readonly #overrides: ReadonlyMap<string, OverrideRow>;
  readonly #remembered = new Map<string, ModelRow | null>();
  #source: PriceSource | undefined;

  constructor(options: PriceBookOptions) {
    this.#overrides = createOverrideRows(options.overrides ?? {});
    this.#source = options.source;
  }

  priceUsage(params: PriceUsageParams): PricedUsage {
    assertPriceable(params);
    const override = this.#findOverride(params);
    if (override !== undefined) return priced(override.priceId, override.row, params.usage);
    const found = this.#findModel(params);
    const row = found === null ? undefined : rowAt(found.schedule, params.atMs);
    if (found === null || row === undefined) return unpriced('unknown-model');
    return priced(found.priceId, row, withMinimumAudio(params.usage, found.minimumAudioMs));
  }

  #findOverride(params: PriceUsageParams): OverrideRow | undefined {
    if (this.#overrides.size === 0) return undefined;
    const name = toLookupName(params.model);
    const named = this.#overrideOf(name, params);
    if (named !== undefined) return named;
    const undated = undatedName(name);
    const override = undated === null ? undefined : this.#overrideOf(undated, params);
    if (undated === null || override === undefined) return undefined;
    return this.#isSameModel(params, undated) ? override : undefined;
  }

  #overrideOf(name: string, { provider = '' }: PriceUsageParams): OverrideRow | undefined {
    for (const candidate of candidatesOf(name, provider)) {
      const override = this.#overrides.get(toLookupName(candidate.model));
      if (override !== undefined && isFor(candidate, override)) return override;
    }
    return undefined;
  }

  /** Whether a dated name is a version of the model: not where the list has it as a model with prices of its own. */
  #isSameModel(dated: PriceUsageParams, undated: string): boolean {
    const listed = this.#findModel(dated);
    return (
      listed === null || listed.priceId === this.#findModel({ ...dated, model: undated })?.priceId
    );
  }

  #findModel({ model, provider = '' }: PriceUsageParams): ModelRow | null {
    if (model.length + provider.length > MAX_NAME_LENGTH) return null;
    const key = `${provider}\n${model}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    this.#source ??= loadGenaiPrices();
    const found = findModelRow(this.#source, model, provider);
    this.#remember(key, found);
    return found;
  }

  #remember(key: string, found: ModelRow | null): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    this.#remembered.set(key, found);
  }
}

/** Whether prices hold for a model under one of its names; what stands in front of it counts where it is a provider. */
function isFor({ provider, isPrefix }: ModelCandidate, override: OverrideRow): boolean {
  if (provider === undefined) return true;
  if (override.provider !== null) return toLookupName(provider) === override.provider;
  return !isPrefix || loadGenaiPrices().findProvider({ providerId: provider }) !== undefined;
}

/**
 * @throws INVALID_INPUT naming what no price could follow from; a unit that nobody knows would cost nothing.
 */
function assertPriceable(params: PriceUsageParams): void {
  assertObject(params, 'params', { model: 'a string', usage: 'an object' });
  const { usage, atMs, provider = '' } = params;
  assertText(provider, 'params.provider');
  if (!Number.isFinite(atMs))
    throw new InvalidInput({ field: 'params.atMs', expected: 'a time in milliseconds' });
  for (const unit in usage) {
    if (!UNITS.has(unit))
      throw new InvalidInput({ field: 'params.usage', expected: `only ${USAGE_UNITS.join(', ')}` });
  }
}

function unpriced(reason: UnpricedReason): PricedUsage {
  return { kind: 'unpriced', reason };
}

function priced(priceId: string, row: PriceRow, usage: UsageBuckets): PricedUsage {
  const costs = priceWithRow(row, usage);
  if (costs === null) return unpriced('unusable-usage');
  const { inputPico, outputPico, otherPico } = costs;
  const costPico = addUsd(addUsd(inputPico, outputPico), otherPico);
  return { kind: 'priced', costPico, inputPico, outputPico, otherPico, priceId };
}

function withMinimumAudio(usage: UsageBuckets, minimumMs: number): UsageBuckets {
  if (minimumMs === 0) return usage;
  const audioMs = usage.audioMs || usage.inputAudioMs;
  if (audioMs === undefined || audioMs === 0) return usage;
  const chargedMs = Math.max(audioMs, minimumMs);
  return { ...usage, audioMs: chargedMs, inputAudioMs: chargedMs };
}
