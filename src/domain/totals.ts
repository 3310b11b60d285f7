import { addUsd, type PicoUsd, toPicoUsd, ZERO_USD } from './money.ts';
import type { EventFigures } from './log-event.ts';
import { addUsage, type UsageBuckets } from './usage.ts';
import type { SessionEvent } from './session-event.ts';

/** What one model was used for in a session. */
export interface ModelTotals {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly costPico: PicoUsd;
}

/** How many events of each kind a session holds. */
export interface EventCounts {
  readonly events: number;
  readonly userMessages: number;
  readonly aiMessages: number;
  readonly systemMessages: number;
  readonly toolCalls: number;
  readonly summaries: number;
}

/** Running sums over a session's own events. */
export interface SessionTotals {
  readonly counts: EventCounts;
  /** Tokens of the recorded content. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly models: Readonly<Record<string, ModelTotals>>;
  /** What the model calls were billed, or would be. */
  readonly billed: UsageBuckets;
  readonly costPico: PicoUsd;
  readonly pricedCalls: number;
  /** Calls whose model has no known price; their cost is not in `costPico`. */
  readonly unpricedCalls: number;
}

/** Models with a line of their own; the rest is summed under {@link OTHER_MODELS}. */
export const MAX_MODELS = 64;
/** The line of all models beyond {@link MAX_MODELS}. */
export const OTHER_MODELS = '(other models)';

const NO_MODEL: ModelTotals = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  costPico: ZERO_USD,
};

/** The totals of a session without events. */
export const NO_TOTALS: SessionTotals = {
  counts: {
    events: 0,
    userMessages: 0,
    aiMessages: 0,
    systemMessages: 0,
    toolCalls: 0,
    summaries: 0,
  },
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  models: {},
  billed: {},
  costPico: ZERO_USD,
  pricedCalls: 0,
  unpricedCalls: 0,
};

/** The counts with one more event. */
export function countEvent(
  counts: EventCounts,
  event: Pick<SessionEvent, 'type' | 'source'>,
): EventCounts {
  const isMessage = event.type === 'message';
  return {
    events: counts.events + 1,
    userMessages: counts.userMessages + Number(isMessage && event.source === 'user'),
    aiMessages: counts.aiMessages + Number(isMessage && event.source === 'llm'),
    systemMessages: counts.systemMessages + Number(isMessage && event.source === 'system'),
    toolCalls: counts.toolCalls + Number(event.type === 'tool_call'),
    summaries: counts.summaries + Number(event.type === 'summary'),
  };
}

/** The totals with the figures of one event added (`sign` 1) or taken out (`sign` -1). */
export function withFigures(
  totals: SessionTotals,
  figures: EventFigures,
  sign: 1 | -1,
): SessionTotals {
  return summed(totals, figures, { counts: totals.counts, sign });
}

/** The totals with one more event, counted and with its figures. */
export function withRecorded(totals: SessionTotals, event: SessionEvent): SessionTotals {
  return summed(totals, event, { counts: countEvent(totals.counts, event), sign: 1 });
}

/** Every key written out: a spread copy that keys are added to takes ten times as long, and this is in every recording. */
function summed(
  totals: SessionTotals,
  figures: EventFigures,
  { counts, sign }: { readonly counts: EventCounts; readonly sign: 1 | -1 },
): SessionTotals {
  const { tokenUsage: tokens, billing } = figures;
  const costPico = signedCost(billing, sign);
  const calls = billing === null ? 0 : sign;
  return {
    counts,
    promptTokens: totals.promptTokens + sign * (tokens?.promptTokens ?? 0),
    completionTokens: totals.completionTokens + sign * (tokens?.completionTokens ?? 0),
    totalTokens: totals.totalTokens + sign * (tokens?.totalTokens ?? 0),
    models: withModels(totals.models, figures, { sign, costPico }),
    billed: billing === null ? totals.billed : addUsage(totals.billed, billing.usage, sign),
    costPico: costPico === null ? totals.costPico : addUsd(totals.costPico, costPico),
    pricedCalls: totals.pricedCalls + (costPico === null ? 0 : calls),
    unpricedCalls: totals.unpricedCalls + (costPico === null ? calls : 0),
  };
}

/** What a call adds to the costs; null when there was none, or its model has no known price. */
function signedCost(billing: EventFigures['billing'], sign: 1 | -1): PicoUsd | null {
  if (billing === null || billing.costPico === null) return null;
  const costPico = BigInt(billing.costPico);
  return toPicoUsd(sign === 1 ? costPico : -costPico);
}

function withModels(
  models: Readonly<Record<string, ModelTotals>>,
  { tokenUsage, billing }: EventFigures,
  { sign, costPico }: { readonly sign: 1 | -1; readonly costPico: PicoUsd | null },
): Readonly<Record<string, ModelTotals>> {
  const costModel = billing === null || costPico === null ? '' : billing.model;
  const cost = costPico ?? ZERO_USD;
  if (tokenUsage === null) return withModel(models, costModel, { ...NO_MODEL, costPico: cost });
  const isOneModel = tokenUsage.model === costModel;
  const counted = withModel(models, tokenUsage.model, {
    promptTokens: sign * tokenUsage.promptTokens,
    completionTokens: sign * tokenUsage.completionTokens,
    totalTokens: sign * tokenUsage.totalTokens,
    costPico: isOneModel ? cost : ZERO_USD,
  });
  return isOneModel ? counted : withModel(counted, costModel, { ...NO_MODEL, costPico: cost });
}

function withModel(
  models: Readonly<Record<string, ModelTotals>>,
  model: string,
  delta: ModelTotals,
): Readonly<Record<string, ModelTotals>> {
  if (model === '') return models;
  const isKnown = Object.hasOwn(models, model);
  const name = isKnown || Object.keys(models).length < MAX_MODELS ? model : OTHER_MODELS;
  const old = (Object.hasOwn(models, name) ? models[name] : undefined) ?? NO_MODEL;
  return {
    ...models,
    [name]: {
      promptTokens: old.promptTokens + delta.promptTokens,
      completionTokens: old.completionTokens + delta.completionTokens,
      totalTokens: old.totalTokens + delta.totalTokens,
      costPico: addUsd(old.costPico, delta.costPico),
    },
  };
}
