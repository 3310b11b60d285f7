import { z } from 'zod';
import type { EventFigures } from '../domain/log-event.ts';
import { toPicoUsd, toUsdString } from '../domain/money.ts';
import { parseInput } from '../domain/parse.ts';
import type { PriceBook } from '../domain/price-book.ts';
import type { Billing, SessionEvent } from '../domain/session-event.ts';
import { createTokenUsage, type TokenUsage } from '../domain/token-usage.ts';
import type { UsageBuckets } from '../domain/usage.ts';
import { parseProviderUsage } from '../pricing/provider-usage.ts';

/** New figures of an event, as they became known afterwards. */
export interface UsageCorrection {
  /** Counts of the event's own tokens; one that is not given stays as it is. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** The model that was really used; what is known of the call is priced anew. */
  readonly model?: string;
  readonly provider?: string;
  /** The provider's usage of the call, as it came; it is priced anew. */
  readonly usage?: unknown;
}

const count = z.number().int().nonnegative().optional();
const schema = z.strictObject({
  promptTokens: count,
  completionTokens: count,
  model: z.string().max(200).optional(),
  provider: z.string().max(200).optional(),
  usage: z.unknown().optional(),
});

/** A correction that was checked; null when it says nothing. */
export type ParsedCorrection = z.output<typeof schema>;

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
  return { billing, tokenUsage: correctedTokens(event, correction, billing) };
}

function correctedBilling(
  event: SessionEvent,
  correction: ParsedCorrection,
  prices: PriceBook,
): Billing | null {
  const known = event.billing;
  const model = correction.model ?? known?.model ?? event.tokenUsage?.model ?? '';
  const provider = correction.provider ?? known?.provider ?? null;
  const call = { model, provider };
  if (correction.usage !== undefined && correction.usage !== null) {
    const usage = parseProviderUsage(correction.usage, { model, provider: provider ?? undefined });
    const estimate = known?.estimate ?? known?.usage ?? null;
    const costPico = priceOf({ ...call, usage, atMs: event.timestampMs }, prices);
    return { origin: 'reported', ...call, usage, estimate, costPico };
  }
  if (known === null || (model === known.model && provider === known.provider)) return known;
  const costPico = priceOf({ ...call, usage: known.usage, atMs: event.timestampMs }, prices);
  return { ...known, ...call, costPico };
}

function priceOf(
  call: {
    readonly usage: UsageBuckets;
    readonly model: string;
    readonly provider: string | null;
    readonly atMs: number;
  },
  prices: PriceBook,
): string | null {
  const { provider, ...rest } = call;
  const priced = prices.priceUsage({ ...rest, ...(provider === null ? {} : { provider }) });
  return priced.kind === 'priced' ? priced.costPico.toString() : null;
}

function correctedTokens(
  event: SessionEvent,
  correction: ParsedCorrection,
  billing: Billing | null,
): TokenUsage {
  const before = event.tokenUsage;
  const { promptTokens, completionTokens } = correction;
  const costPico = billing?.costPico ?? null;
  const isCounted = promptTokens !== undefined || completionTokens !== undefined;
  return createTokenUsage({
    promptTokens: promptTokens ?? before?.promptTokens,
    completionTokens: completionTokens ?? before?.completionTokens,
    model: correction.model ?? before?.model,
    estimatedCostUsd: costPico === null ? null : toUsdString(toPicoUsd(BigInt(costPico))),
    origin: isCounted ? 'reported' : before?.origin,
  });
}
