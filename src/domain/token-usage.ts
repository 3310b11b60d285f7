import { assertObject, assertText } from './argument.ts';
import { z } from 'zod';

import { InvalidInput } from './errors.ts';
import {
  addUsd,
  parseUsd,
  parseUsdSum,
  toUsdString,
  usdFromNumber,
  usdStringSchema,
  ZERO_USD,
  type PicoUsd,
} from './money.ts';
import { addExactly, addUsageExactly } from './exact-sum.ts';
import type { UsagePricing } from './price-book.ts';
import { isStatedCount, STATED_COUNT } from './stated-count.ts';
import {
  countSchema,
  EMPTY_USAGE,
  USAGE_ORIGINS,
  usageBucketsSchema,
  type UsageBuckets,
  type UsageOrigin,
} from './usage.ts';
import { USAGE_UNITS } from './usage-unit.ts';

/**
 * The tokens and the cost of one message, tool call or model call. Of an event, the tokens are what its content weighs, which we count
 * ourselves: what the provider counted for the call, prompt and all, is the event's `billing.usage`.
 */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt plus completion, unless whoever recorded it said otherwise. */
  readonly totalTokens: number;
  /** Empty when no model is involved. */
  readonly model: string;
  /**
   * Exact decimal string of US dollars; null when no model is named or its price is unknown. Of an event, what the call was billed, by the
   * provider's own figures where it gave any, despite the name: whether it did is `billing.origin`.
   */
  readonly estimatedCostUsd: string | null;
  /** What the provider counted, in detail. */
  readonly buckets?: UsageBuckets;
  /** Who counted these tokens. Of an event that is us, unless they were corrected, also where the call's bill is `reported`. */
  readonly origin: UsageOrigin;
}

/** What a token usage is made from; everything may be left out. */
export interface TokenUsageInput {
  /** Whole number; the buckets' input tokens where buckets are given. */
  readonly promptTokens?: number | undefined;
  /** Whole number; the buckets' output tokens where buckets are given. */
  readonly completionTokens?: number | undefined;
  /** Computed when absent or 0. */
  readonly totalTokens?: number | undefined;
  readonly model?: string | undefined;
  /** A known cost in US dollars: kept as it is instead of being computed. */
  readonly estimatedCostUsd?: string | number | null | undefined;
  /** What the provider counted; wins over the plain counts. */
  readonly buckets?: UsageBuckets | undefined;
  /** `reported` when buckets are given, else `estimated`. */
  readonly origin?: UsageOrigin | undefined;
}

/** A text to be counted on both sides of a model call. */
export interface TokenUsageText {
  readonly prompt: string | null;
  readonly completion?: string | null | undefined;
  readonly model: string;
}

/** Counts the tokens of a text for a model. */
export type CountTokens = (text: string, model: string) => number;

/** Parses a stored token usage. */
export const tokenUsageSchema: z.ZodType<TokenUsage> = z.object({
  promptTokens: countSchema,
  completionTokens: countSchema,
  totalTokens: countSchema,
  model: z.string(),
  estimatedCostUsd: usdStringSchema.nullable(),
  buckets: usageBucketsSchema.exactOptional(),
  origin: z.enum(USAGE_ORIGINS),
});

/**
 * Makes a token usage: the total is computed unless a total other than 0 is given, the cost is computed unless one is
 * given. Without a model, without pricing, or when the price is unknown, the cost is null.
 * @throws INVALID_INPUT naming the count that is not a whole number from 0 to 10^12 (`usage.promptTokens`,
 * `usage.buckets.inputTokens`) or the cost that is not an amount of money >= 0.
 */
export function createTokenUsage(input: TokenUsageInput, pricing?: UsagePricing): TokenUsage {
  assertObject(input, 'usage');
  const { buckets, model = '' } = input;
  assertText(model, 'usage.model');
  assertBuckets(buckets);
  const promptTokens = buckets?.inputTokens ?? countOf('promptTokens', input.promptTokens);
  const completionTokens =
    buckets?.outputTokens ?? countOf('completionTokens', input.completionTokens);
  const totalTokens = countOf('totalTokens', input.totalTokens) || promptTokens + completionTokens;
  const used = buckets ?? bucketsOfCounts(promptTokens, completionTokens);
  const estimatedCostUsd = givenCost(input) ?? computeCost(used, model, pricing);
  const origin = input.origin ?? (buckets === undefined ? 'estimated' : 'reported');
  const usage = { promptTokens, completionTokens, totalTokens, model, estimatedCostUsd, origin };
  return buckets === undefined ? usage : { ...usage, buckets };
}

const USAGE_PARTS = {
  promptTokens: 'a number',
  completionTokens: 'a number',
  totalTokens: 'a number',
  model: 'a string',
} as const;

/**
 * Refuses what is no token usage.
 * @throws INVALID_INPUT naming the part that is wrong.
 */
export function assertUsage(usage: unknown): void {
  assertObject(usage, 'usage', USAGE_PARTS);
}

function assertBuckets(buckets: Readonly<Record<string, number | undefined>> = EMPTY_USAGE): void {
  for (const unit of USAGE_UNITS) countOf(`buckets.${unit}`, buckets[unit]);
}

function countOf(name: string, count = 0): number {
  if (isStatedCount(count)) return count;
  throw new InvalidInput({ field: `usage.${name}`, expected: STATED_COUNT });
}

function givenCost({ estimatedCostUsd: cost }: TokenUsageInput): string | null {
  if (cost === undefined || cost === null) return null;
  const field = 'usage.estimatedCostUsd';
  const amount = typeof cost === 'number' ? usdFromNumber(cost, field) : parseUsd(cost, field);
  if (amount >= ZERO_USD) return toUsdString(amount);
  throw new InvalidInput({ field, expected: 'an amount >= 0' });
}

function computeCost(usage: UsageBuckets, model: string, pricing?: UsagePricing): string | null {
  if (model === '' || pricing === undefined) return null;
  const { priceBook, provider, atMs } = pricing;
  const price = priceBook.priceUsage({ usage, model, provider, atMs });
  return price.kind === 'priced' ? toUsdString(price.costPico) : null;
}

function bucketsOfCounts(inputTokens: number, outputTokens: number): UsageBuckets {
  // What has no completion is a message that some later call will send: the fee per call belongs to that one.
  return { inputTokens, outputTokens, requests: outputTokens > 0 ? 1 : 0 };
}

/**
 * Counts a prompt and, where there is one, its completion.
 * @throws INVALID_INPUT when the counter returns something else than a whole number from 0 to 10^12.
 */
export function tokenUsageFromText(
  text: TokenUsageText,
  countTokens: CountTokens,
  pricing?: UsagePricing,
): TokenUsage {
  assertObject(text, 'text', { model: 'a string' });
  if (typeof countTokens !== 'function')
    throw new InvalidInput({ field: 'countTokens', expected: 'a function' });
  const { prompt, completion, model } = text;
  const count = (side: string | null | undefined): number => (side ? countTokens(side, model) : 0);
  return createTokenUsage(
    { promptTokens: count(prompt), completionTokens: count(completion), model },
    pricing,
  );
}

/**
 * Replaces what is given and keeps the rest; nothing given changes nothing. New counts make the total their sum and drop
 * buckets that are not given anew; a new count, bucket or model makes the cost anew.
 * @throws INVALID_INPUT as {@link createTokenUsage} does.
 */
export function updateTokenUsage<Current extends TokenUsage | null>(
  current: Current,
  changes: TokenUsageInput,
  pricing?: UsagePricing,
): Current | TokenUsage {
  assertObject(changes, 'usage');
  if (current !== null) assertUsage(current);
  const given = withoutMissing(changes);
  if (Object.keys(given).length === 0) return current;
  return createTokenUsage(
    current === null ? given : { ...keptOf(current, given), ...given },
    pricing,
  );
}

/** The entries that carry a value; null stands for a cost that is not known, which says nothing. */
function withoutMissing(input: TokenUsageInput): TokenUsageInput {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** What of a usage still holds when the given entries change. */
function keptOf(current: TokenUsage, given: TokenUsageInput): TokenUsageInput {
  const { promptTokens, completionTokens, totalTokens, model, buckets, origin } = current;
  const isCountedAnew = ['promptTokens', 'completionTokens', 'buckets'].some(
    (name) => name in given,
  );
  if (isCountedAnew) return { promptTokens, completionTokens, model };
  const isOtherModel = given.model !== undefined && given.model !== model;
  return isOtherModel ? { promptTokens, completionTokens, totalTokens, buckets, origin } : current;
}

/**
 * Adds two usages: counts, totals and costs as they are, so explicit ones survive. The model is the first one named. The
 * cost is null when a part that has tokens has none; a usage without tokens and cost changes nothing.
 * @throws COUNT_OVERFLOW when a sum would pass 2^53 - 1.
 */
export function addTokenUsage(left: TokenUsage, right: TokenUsage): TokenUsage {
  assertUsage(left);
  assertUsage(right);
  const model = left.model === '' ? right.model : left.model;
  if (isNothing(right)) return { ...left, model };
  if (isNothing(left)) return { ...right, model };
  const hasBuckets = left.buckets !== undefined || right.buckets !== undefined;
  return {
    promptTokens: addExactly(left.promptTokens, right.promptTokens),
    completionTokens: addExactly(left.completionTokens, right.completionTokens),
    totalTokens: addExactly(left.totalTokens, right.totalTokens),
    model,
    estimatedCostUsd: addCosts(left.estimatedCostUsd, right.estimatedCostUsd),
    ...(hasBuckets ? { buckets: addUsageExactly(bucketsInSum(left), bucketsInSum(right)) } : {}),
    origin: left.origin === 'reported' ? right.origin : 'estimated',
  };
}

/** What a usage adds to a sum of buckets: reported ones that leave the number of calls out stand for one call. */
function bucketsInSum({ buckets, promptTokens, completionTokens }: TokenUsage): UsageBuckets {
  if (buckets !== undefined) return { requests: 1, ...buckets };
  return { inputTokens: promptTokens, outputTokens: completionTokens };
}

function isNothing(usage: TokenUsage): boolean {
  return usage.totalTokens === 0 && usage.estimatedCostUsd === null && usage.buckets === undefined;
}

function addCosts(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null;
  return toUsdString(addUsd(costOf(left), costOf(right)));
}

function costOf(costUsd: string): PicoUsd {
  return parseUsdSum(costUsd, 'usage.estimatedCostUsd');
}
