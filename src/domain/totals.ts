import type { PicoUsd } from './money.ts';
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
  costPico: 0n as PicoUsd,
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
  costPico: 0n as PicoUsd,
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
  return withBilling(withTokens(totals, figures, sign), figures, sign);
}

function withTokens(
  totals: SessionTotals,
  { tokenUsage }: EventFigures,
  sign: 1 | -1,
): SessionTotals {
  if (tokenUsage === null) return totals;
  const delta: ModelTotals = {
    promptTokens: sign * tokenUsage.promptTokens,
    completionTokens: sign * tokenUsage.completionTokens,
    totalTokens: sign * tokenUsage.totalTokens,
    costPico: 0n as PicoUsd,
  };
  return {
    ...totals,
    promptTokens: totals.promptTokens + delta.promptTokens,
    completionTokens: totals.completionTokens + delta.completionTokens,
    totalTokens: totals.totalTokens + delta.totalTokens,
    models: withModel(totals.models, tokenUsage.model, delta),
  };
}

function withBilling(
  totals: SessionTotals,
  { billing }: EventFigures,
  sign: 1 | -1,
): SessionTotals {
  if (billing === null) return totals;
  const billed = addUsage(totals.billed, billing.usage, sign);
  if (billing.costPico === null)
    return { ...totals, billed, unpricedCalls: totals.unpricedCalls + sign };
  const costPico = (BigInt(sign) * BigInt(billing.costPico)) as PicoUsd; // parse of a stored integer
  return {
    ...totals,
    billed,
    costPico: (totals.costPico + costPico) as PicoUsd, // sums of pico stay pico
    pricedCalls: totals.pricedCalls + sign,
    models: withModel(totals.models, billing.model, { ...NO_MODEL, costPico }),
  };
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
      costPico: (old.costPico + delta.costPico) as PicoUsd, // sums of pico stay pico
    },
  };
}
