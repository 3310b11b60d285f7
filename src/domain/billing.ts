import type { NewEvent } from './command.ts';
import type { DecisionEnvironment } from './environment.ts';
import type { PicoUsd } from './money.ts';
import {
  BACKGROUND_TOKENS,
  MESSAGE_OVERHEAD_TOKENS,
  NOTE_TOKENS,
  REPLY_PRIMER_TOKENS,
  type SegmentPolicy,
} from './segment.ts';
import type { Billing, CostOrigin } from './session-event.ts';
import { type SessionState, summariesWithin } from './session-state.ts';
import type { UsageBuckets } from './usage.ts';

/** Tokens of the prompt that the next call to a model sends, as it is built when nothing limits it. */
function nextPromptTokens(state: SessionState, policy: SegmentPolicy | null): number {
  const { open, conversationTokens } = state;
  const isWhole = policy === null;
  const notes = isWhole ? 0 : notesTokens(summariesWithin(state, policy.summaryTokens));
  const conversation = isWhole ? conversationTokens : open.carriedTokens + open.tokens;
  const { systemPromptTokens } = state;
  const system = systemPromptTokens === 0 ? 0 : MESSAGE_OVERHEAD_TOKENS + systemPromptTokens;
  const tokens = system + notes + conversation;
  return tokens === 0 ? 0 : REPLY_PRIMER_TOKENS + tokens;
}

/** Tokens of the message that holds the summaries. */
function notesTokens({ segments, tokens }: ReturnType<typeof summariesWithin>): number {
  if (segments.length === 0) return 0;
  return BACKGROUND_TOKENS + segments.length * NOTE_TOKENS + tokens;
}

/** Only what a model wrote was a call that somebody pays for; everything else is paid as part of the next prompt. */
export function buildBilling(
  state: SessionState,
  call: {
    readonly event: NewEvent;
    readonly policy: SegmentPolicy | null;
    readonly contentTokens: number;
  },
  env: DecisionEnvironment,
): Billing | null {
  const { event, policy, contentTokens } = call;
  const isCall = event.source === 'llm' && event.type === 'message';
  if (!isCall && event.reportedUsage === null) return null;
  const estimate: UsageBuckets = {
    inputTokens: nextPromptTokens(state, policy),
    outputTokens: contentTokens,
  };
  const usage = event.reportedUsage ?? estimate;
  const cost = callCost(event, usage, env);
  const origin = event.reportedUsage === null ? 'estimated' : 'reported';
  const { model, provider } = event;
  const kept = origin === 'reported' ? estimate : null;
  // Literals: a spread copy that keys are added to takes ten times as long.
  if (cost === null) return { origin, model, provider, usage, estimate: kept, costPico: null };
  const costPico = cost.pico.toString();
  return { origin, model, provider, usage, estimate: kept, costPico, costOrigin: cost.origin };
}

/** What a call cost, and who says so; null when nobody does and its model has no known price. */
function callCost(
  event: NewEvent,
  usage: UsageBuckets,
  env: DecisionEnvironment,
): { readonly pico: PicoUsd; readonly origin: CostOrigin } | null {
  if (event.reportedCostPico !== null) return { pico: event.reportedCostPico, origin: 'reported' };
  const priced = env.prices.priceUsage({
    usage,
    model: event.model,
    provider: event.provider ?? undefined,
    atMs: env.nowMs,
  });
  return priced.kind === 'priced' ? { pico: priced.costPico, origin: 'priced' } : null;
}
