import { createRequire } from 'node:module';
import type * as GenaiPrices from '@pydantic/genai-prices';

/** A price that may depend on how many input tokens the whole call has. */
export interface TieredSourcePrice {
  readonly base: number;
  /** From more than `start` input tokens on, every unit of the call costs `price`. */
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

/** Prices in US dollars by price key, e.g. `input_mtok` for a million input tokens. */
export type SourcePrices = Readonly<Record<string, number | TieredSourcePrice | undefined>>;

/** When a set of prices holds: from a date on, or every day between two times (UTC unless the time names an offset). */
export type SourceConstraint =
  | { readonly type: 'start_date'; readonly start_date: string }
  | { readonly type: 'time_of_date'; readonly start_time: string; readonly end_time: string };

/** Prices with the condition under which they hold; none means that they hold when nothing else does. */
export interface ConditionalSourcePrices {
  readonly constraint?: SourceConstraint | undefined;
  readonly prices: SourcePrices;
}

/** Prices of one model, constant or changing over time. */
export type SourceSchedule = SourcePrices | readonly ConditionalSourcePrices[];

/** A price list that finds the row of a model; `@pydantic/genai-prices` is one. */
export interface PriceSource {
  calcPrice(
    usage: Record<string, number>,
    modelId: string,
    options: { providerId?: string; timestamp: Date },
  ): {
    readonly provider: { readonly id: string };
    readonly model: { readonly id: string; readonly prices: SourceSchedule };
  } | null;
}

let loaded: typeof GenaiPrices | undefined;

/**
 * The bundled price list. It is loaded when the first price is asked for: reading its 0.5 MB takes about 30 ms, and a
 * process that never prices anything need not wait for it. `require` because pricing is synchronous.
 */
export function loadGenaiPrices(): typeof GenaiPrices {
  loaded ??= createRequire(import.meta.url)('@pydantic/genai-prices') as typeof GenaiPrices; // `require` knows no types
  return loaded;
}
