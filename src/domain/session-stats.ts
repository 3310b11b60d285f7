import { segmentId } from './ids.ts';
import type { EventFigures } from './log-event.ts';
import { toUsdNumber, toUsdString } from './money.ts';
import type { SessionEvent } from './session-event.ts';
import { lastUpdateMs, type SessionState } from './session-state.ts';
import { countEvent, NO_TOTALS, type SessionTotals, withFigures } from './totals.ts';
import type { UsageBuckets } from './usage.ts';

/** What one model was used for. */
export interface ModelStats {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Exact decimal string of US dollars; calls of unknown price are not in it. */
  readonly costUsd: string;
}

/** A session in figures. */
export interface SessionStats {
  readonly sessionId: string;
  /** Segments the figures cover. */
  readonly sessionSegments: number;
  /** The ids of the segments, oldest first; null when the figures are those of one segment alone. */
  readonly sessionChain: readonly string[] | null;
  /** Messages of the user and the model. */
  readonly totalMessages: number;
  /** Everything recorded, summaries of closed segments included. */
  readonly totalEvents: number;
  readonly userMessages: number;
  readonly aiMessages: number;
  readonly systemMessages: number;
  readonly toolCalls: number;
  readonly summaries: number;
  /** Tokens of the recorded content. */
  readonly totalTokens: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars as a number, for display only; `costUsd` is the exact amount. */
  readonly estimatedCost: number;
  /** Exact decimal string of US dollars over all calls that have a price. */
  readonly costUsd: string;
  readonly pricedCalls: number;
  /** Calls of models without a known price; `costUsd` does not include them. */
  readonly unpricedCalls: number;
  /** What the model calls were billed, or would be, by kind of token. */
  readonly usage: UsageBuckets;
  /** What calls to models took, of this session alone: neither of tools, nor of what a fork shares with its origin. */
  readonly tokensByModel: Readonly<Record<string, ModelStats>>;
  /** ISO 8601, UTC: when the session began, whichever segments the figures cover. */
  readonly createdAt: string;
  /** ISO 8601, UTC: when something last happened in the conversation. */
  readonly lastUpdate: string;
  readonly infiniteContext: boolean;
}

/** An event and where it is in the log. */
export type PlacedEvent = SessionEvent & { readonly position: number };

/** Whether the figures of the open segment alone need its events: there are others, and they are not wanted. */
export function needsOpenSegmentEvents(state: SessionState, includeAllSegments: boolean): boolean {
  return !includeAllSegments && state.open.number > 1;
}

/**
 * The figures of a whole session, from its state alone. When {@link needsOpenSegmentEvents} says so, the caller wants
 * {@link segmentStatsOf} instead.
 */
export function statsOf(
  state: SessionState,
  options: { readonly includeAllSegments: boolean; readonly isInfinite: boolean },
): SessionStats {
  if (needsOpenSegmentEvents(state, options.includeAllSegments)) {
    throw new TypeError('the figures of the open segment alone are not in the state');
  }
  const { number } = state.open;
  const hasChain = options.includeAllSegments && (options.isInfinite || number > 1);
  const sessionChain = hasChain ? chainOf(state.sessionId, number) : null;
  return {
    ...commonStats(state, options.isInfinite),
    sessionSegments: number,
    sessionChain,
    ...figuresOf(state.totals),
  };
}

/** The figures of the open segment alone; `events` are those from `state.open.fromPosition` on, corrections applied. */
export function segmentStatsOf(
  state: SessionState,
  params: { readonly events: Iterable<PlacedEvent>; readonly isInfinite: boolean },
): SessionStats {
  return {
    ...commonStats(state, params.isInfinite),
    sessionSegments: 1,
    sessionChain: null,
    ...figuresOf(totalsOf(params.events, state.fork?.position ?? 0)),
  };
}

/** The sums over events; up to `sharedPosition` they belong to the origin of a fork, which paid for them. */
export function totalsOf(events: Iterable<PlacedEvent>, sharedPosition = 0): SessionTotals {
  let totals = NO_TOTALS;
  for (const event of events) {
    const counted = { ...totals, counts: countEvent(totals.counts, event) };
    totals = withFigures(counted, event.position > sharedPosition ? event : tokensOf(event), 1);
  }
  return totals;
}

function tokensOf({ tokenUsage }: PlacedEvent): EventFigures {
  return { tokenUsage: tokenUsage === null ? null : { ...tokenUsage, model: '' }, billing: null };
}

function commonStats(
  state: SessionState,
  isInfinite: boolean,
): Pick<SessionStats, 'sessionId' | 'createdAt' | 'lastUpdate' | 'infiniteContext'> {
  return {
    sessionId: state.sessionId,
    createdAt: new Date(state.createdAtMs).toISOString(),
    lastUpdate: new Date(lastUpdateMs(state)).toISOString(),
    infiniteContext: isInfinite,
  };
}

function chainOf(sessionId: string, segments: number): readonly string[] {
  return Array.from({ length: segments }, (_, index) => segmentId(sessionId, index + 1));
}

function figuresOf(
  totals: SessionTotals,
): Omit<
  SessionStats,
  'sessionId' | 'sessionSegments' | 'sessionChain' | 'createdAt' | 'lastUpdate' | 'infiniteContext'
> {
  const { counts } = totals;
  return {
    totalMessages: counts.userMessages + counts.aiMessages,
    totalEvents: counts.events,
    userMessages: counts.userMessages,
    aiMessages: counts.aiMessages,
    systemMessages: counts.systemMessages,
    toolCalls: counts.toolCalls,
    summaries: counts.summaries,
    totalTokens: totals.totalTokens,
    promptTokens: totals.promptTokens,
    completionTokens: totals.completionTokens,
    estimatedCost: toUsdNumber(totals.costPico),
    costUsd: toUsdString(totals.costPico),
    pricedCalls: totals.pricedCalls,
    unpricedCalls: totals.unpricedCalls,
    usage: totals.billed,
    tokensByModel: modelsOf(totals.models),
  };
}

function modelsOf(models: SessionTotals['models']): Readonly<Record<string, ModelStats>> {
  const lines = Object.entries(models).map(([model, { costPico, ...tokens }]) => {
    return [model, { ...tokens, costUsd: toUsdString(costPico) }] as const;
  });
  return Object.fromEntries(lines);
}
