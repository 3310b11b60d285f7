import { z } from 'zod';
import { withMissingSide } from '../domain/billing.ts';
import { assertPricedCost } from '../domain/call-cost.ts';
import { addExactly } from '../domain/exact-sum.ts';
import { withFieldNames } from '../domain/field-name.ts';
import type { EventFigures } from '../domain/log-event.ts';
import { toPicoUsd, toUsdString } from '../domain/money.ts';
import { parseInput } from '../domain/parse.ts';
import type { PriceBook } from '../domain/price-book.ts';
import type { Billing, SessionEvent } from '../domain/session-event.ts';
import { statedCountSchema } from '../domain/stated-count.ts';
import { createTokenUsage, type TokenUsage } from '../domain/token-usage.ts';
import { type UsageBuckets, usageEntries } from '../domain/usage.ts';
import { parseProviderUsage } from '../pricing/provider-usage.ts';

/** New figures of an event, as they became known afterwards. */
export interface UsageCorrection {
  /** Counts of the event's own tokens; one that is not given stays as it is. */
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  /** The model that was really used; what is known of the call is priced anew, unless the provider said what it cost. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** The provider's usage of the call, as it came; it is priced anew, unless the provider said what it cost. */
  readonly usage?: unknown;
}

/** A correction that was checked; null when it says nothing. */
export type ParsedCorrection = {
  readonly [Name in keyof UsageCorrection]: UsageCorrection[Name] | undefined;
};

const count = statedCountSchema.optional();
const schema: z.ZodType<ParsedCorrection> = z.strictObject({
  promptTokens: count,
  completionTokens: count,
  model: z.string().max(200).optional(),
  provider: z.string().max(200).optional(),
  usage: z.unknown().optional(),
});

/**
 * Checks a correction.
 * @throws INVALID_INPUT naming the field.
 */
export function parseCorrection(correction: UsageCorrection): ParsedCorrection | null {
  const parsed = parseInput(schema, correction, 'correction');
  const isEmpty = Object.values(parsed).every((value) => value === undefined || value === null);
  return isEmpty ? null : parsed;
}

/**
 * The figures of an event after a correction.
 * @throws INVALID_INPUT when there is no usage in what the provider is said to have sent.
 */
export function correctedFigures(
  event: SessionEvent,
  correction: ParsedCorrection,
  prices: PriceBook,
): EventFigures {
  const billing = correctedBilling(event, correction, prices);
  // In the order of the schema, so that the record reads and writes to the same bytes.
  return { tokenUsage: correctedTokens(event, correction, billing), billing };
}

function correctedBilling(
  event: SessionEvent,
  correction: ParsedCorrection,
  prices: PriceBook,
): Billing | null {
  const known = event.billing;
  const call = correctedCall(event, correction);
  const { model, provider } = call;
  const reported = reportedUsage(correction, call);
  if (reported !== null) {
    const estimate = known === null ? null : (known.estimate ?? known.usage);
    const usage = withMissingSide(event, reported, estimate);
    const cost = costOf(known, priceOf(call, usage, prices));
    return { origin: 'reported', model, provider, usage, estimate, ...cost };
  }
  if (known === null) return null;
  if (model === known.model && provider === known.provider) return known;
  const { costPico: _cost, costOrigin: _origin, ...rest } = known;
  return { ...rest, model, provider, ...costOf(known, priceOf(call, known.usage, prices)) };
}

/** The usage that is said to have been reported; null when none is, or one without any number. */
function reportedUsage(
  { usage }: ParsedCorrection,
  { model, provider }: Call,
): UsageBuckets | null {
  if (!isGiven(usage)) return null;
  const reported = withFieldNames(
    (field) => `correction.${field}`,
    () => parseProviderUsage(usage, { model, provider: provider ?? undefined }),
  );
  return usageEntries(reported).length === 0 ? null : reported;
}

/** What a provider said a call cost beats every price list, whatever else is corrected. */
function costOf(
  known: Billing | null,
  pricedPico: string | null,
): Pick<Billing, 'costPico' | 'costOrigin'> {
  if (known?.costOrigin === 'reported')
    return { costPico: known.costPico, costOrigin: known.costOrigin };
  if (pricedPico === null) return { costPico: null };
  return { costPico: pricedPico, costOrigin: 'priced' };
}

interface Call {
  readonly model: string;
  readonly provider: string | null;
  readonly atMs: number;
}

function correctedCall(event: SessionEvent, { model, provider }: ParsedCorrection): Call {
  const before = event.billing ?? { model: event.tokenUsage?.model ?? '', provider: null };
  return {
    model: model ?? before.model,
    provider: provider ?? before.provider,
    atMs: event.timestampMs,
  };
}

function priceOf(
  { model, provider, atMs }: Call,
  usage: UsageBuckets,
  prices: PriceBook,
): string | null {
  const named = provider === null ? { model } : { model, provider };
  const priced = prices.priceUsage({ usage, atMs, ...named });
  return priced.kind === 'priced' ? assertPricedCost(priced.costPico).toString() : null;
}

function correctedTokens(
  event: SessionEvent,
  correction: ParsedCorrection,
  billing: Billing | null,
): TokenUsage {
  const before = event.tokenUsage ?? NO_USAGE;
  const { promptTokens = before.promptTokens, completionTokens = before.completionTokens } =
    correction;
  const isCounted = isGiven(correction.promptTokens) || isGiven(correction.completionTokens);
  const costPico = billing === null ? null : billing.costPico;
  // What was recorded is not stated anew, so that neither its counts nor its cost have to keep to what a caller may state.
  return {
    promptTokens,
    completionTokens,
    totalTokens: addExactly(promptTokens, completionTokens),
    model: correction.model ?? before.model,
    estimatedCostUsd: costPico === null ? null : toUsdString(toPicoUsd(BigInt(costPico))),
    origin: isCounted ? 'reported' : before.origin,
  };
}

const NO_USAGE: TokenUsage = createTokenUsage({});

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
