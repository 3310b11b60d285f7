import type { PicoUsd } from './money.ts';
import type { UsageBuckets } from './usage.ts';

/** Why a usage has no price; `unusable-usage`: its numbers contradict each other, or one is missing that the price needs. */
export type UnpricedReason = 'unknown-model' | 'unusable-usage';

/** What a call cost: the three parts always add up to `costPico`. */
export interface KnownPrice {
  readonly kind: 'priced';
  /** In 10^-12 US dollars; `toUsdString` makes the decimal number of US dollars that quotas and records take. */
  readonly costPico: PicoUsd;
  readonly inputPico: PicoUsd;
  readonly outputPico: PicoUsd;
  /** Everything that is neither input nor output, e.g. web searches or the fee of a request. */
  readonly otherPico: PicoUsd;
  /** The row of the price list that was used, as `provider/model`. */
  readonly priceId: string;
}

/** No price is known; it is never guessed from a similar model. */
export interface NoPrice {
  readonly kind: 'unpriced';
  readonly reason: UnpricedReason;
}

/** The outcome of pricing one usage. */
export type PricedUsage = KnownPrice | NoPrice;

/** What is to be priced. */
export interface PriceUsageParams {
  readonly usage: UsageBuckets;
  readonly model: string;
  /** Who served the model; absent, empty or `unknown` means that the model's name alone decides. */
  readonly provider?: string | undefined;
  /** When the call was made, in milliseconds since the Unix epoch: prices change by date and by time of day. */
  readonly atMs: number;
}

/** Knows what models cost; synchronous, never throws for an unknown model. */
export interface PriceBook {
  priceUsage(params: PriceUsageParams): PricedUsage;
}

/** What is needed to price a usage the moment it is recorded. */
export interface UsagePricing {
  readonly priceBook: PriceBook;
  readonly atMs: number;
  readonly provider?: string | undefined;
}
