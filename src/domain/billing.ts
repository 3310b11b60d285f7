import { assertPricedCost } from './call-cost.ts';
import type { NewEvent, SentPrompt } from './command.ts';
import type { DecisionEnvironment } from './environment.ts';
import type { PicoUsd } from './money.ts';
import { standInTokens } from './prompt-growth.ts';
import { latestTokens, openPromptTokens } from './segment-growth.ts';
import {
  BACKGROUND_TOKENS,
  MESSAGE_OVERHEAD_TOKENS,
  NOTE_TOKENS,
  REPLY_PRIMER_TOKENS,
  type SegmentPolicy,
} from './segment.ts';
import type { Billing, CostOrigin, SessionEvent } from './session-event.ts';
import type { SessionState } from './session-state.ts';
import { summariesWithin } from './told-summaries.ts';
import { isPartOf, type UsageUnit } from './usage-unit.ts';
import { leastTotal, type UsageBuckets, usageEntries } from './usage.ts';

/** What went into a call, and what came out of it. */
const SIDES = ['inputTokens', 'outputTokens'] as const;

/** What decides of what the next prompt consists. */
interface PromptShape {
  readonly policy: SegmentPolicy | null;
  readonly sent?: SentPrompt | undefined;
}

/** Tokens of the prompt that the next call to a model sends, as it is built when nothing limits it. */
function nextPromptTokens(state: SessionState, { policy, sent }: PromptShape): number {
  const { systemPromptTokens: prompt } = state;
  const system = prompt === 0 || sent !== undefined ? 0 : MESSAGE_OVERHEAD_TOKENS + prompt;
  const hasSummaries = policy !== null && (sent?.includeSummaries ?? true);
  const notes = hasSummaries ? notesTokens(summariesWithin(state, policy.summaryTokens)) : 0;
  const tokens = system + notes + shownTokens(state, { policy, sent });
  return tokens === 0 ? 0 : REPLY_PRIMER_TOKENS + tokens;
}

function shownTokens(state: SessionState, { policy, sent }: PromptShape): number {
  if (sent !== undefined) return latestTokens(state.open, sent.maxMessages);
  if (policy !== null) return openPromptTokens(state.open);
  return state.conversationTokens + standInTokens(state.openTurn);
}

/** Tokens of the message that holds the summaries. */
function notesTokens({ summaries }: ReturnType<typeof summariesWithin>): number {
  const tokens = summaries.reduce((sum, told) => sum + NOTE_TOKENS + told.tokens, 0);
  return tokens === 0 ? 0 : BACKGROUND_TOKENS + tokens;
}

/** Only what a model wrote was a call that somebody pays for; everything else is paid as part of the next prompt. */
export function buildBilling(
  state: SessionState,
  call: {
    readonly command: PromptShape & { readonly event: NewEvent };
    /** What the model wrote. */
    readonly outputTokens: number;
  },
  env: DecisionEnvironment,
): Billing | null {
  const { command, outputTokens } = call;
  const { event } = command;
  const isCall = event.source === 'llm' && event.type === 'message' && event.isPart !== true;
  if (!isCall && event.reportedUsage === null) return null;
  const estimate: UsageBuckets = {
    inputTokens: nextPromptTokens(state, command),
    outputTokens,
  };
  const usage = reportedUsage(event, estimate) ?? estimate;
  const cost = callCost(event, usage, env);
  const origin = event.reportedUsage === null ? 'estimated' : 'reported';
  const { model, provider } = event;
  const kept = origin === 'reported' ? estimate : null;
  // Literals: a spread copy that keys are added to takes ten times as long.
  if (cost === null) return { origin, model, provider, usage, estimate: kept, costPico: null };
  const costPico = cost.pico.toString();
  return { origin, model, provider, usage, estimate: kept, costPico, costOrigin: cost.origin };
}

function reportedUsage(event: NewEvent, estimate: UsageBuckets): UsageBuckets | null {
  return event.reportedUsage === null
    ? null
    : withMissingSide(event, event.reportedUsage, estimate);
}

/**
 * The usage a provider reported for a call; where it counted only what went in or only what came out, the other side is the
 * estimate, which the bill keeps too. A side of which only parts were counted is what they are at least, or the estimate where
 * that is more: without a total there is no price.
 */
export function withMissingSide(
  { source, type }: Pick<SessionEvent, 'source' | 'type'>,
  reported: UsageBuckets,
  estimate: UsageBuckets | null,
): UsageBuckets {
  const isCall = source === 'llm' && type === 'message';
  const estimated = isCall ? estimate : null;
  const missing = SIDES.filter((side) => !saysSide(reported, side));
  const unsaid = missing.length === 1 ? missing : [];
  const totals = SIDES.flatMap((side) => {
    if (reported[side] !== undefined) return [];
    if (!missing.includes(side)) return [[side, totalOfParts(side, reported, estimated)] as const];
    const total = unsaid.includes(side) ? estimated?.[side] : undefined;
    return total === undefined ? [] : [[side, total] as const];
  });
  return totals.length === 0 ? reported : { ...reported, ...Object.fromEntries(totals) };
}

/** Our estimate knows nothing of what a model thought, which is paid for as well. */
function totalOfParts(
  side: (typeof SIDES)[number],
  reported: UsageBuckets,
  estimate: UsageBuckets | null,
): number {
  const thought = side === 'outputTokens' ? (reported.outputReasoningTokens ?? 0) : 0;
  return Math.max(leastTotal(reported, side), (estimate?.[side] ?? 0) + thought);
}

function saysSide(usage: UsageBuckets, side: UsageUnit): boolean {
  return usageEntries(usage).some(([unit]) => unit === side || isPartOf(unit, side));
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
  return priced.kind === 'priced'
    ? { pico: assertPricedCost(priced.costPico), origin: 'priced' }
    : null;
}
