import { countCalibrated } from './calibration.ts';
import type { FollowUp } from './command.ts';
import { FOLLOW_UP_DELAY_MS, summariseId } from './decision.ts';
import type { DecisionEnvironment } from './environment.ts';
import type { SegmentsSummarised } from './log-event.ts';
import {
  asEffective,
  type EffectiveSummary,
  joinedSummaries,
  recordableText,
  residentSegments,
  type SpanSource,
  spansToMerge,
  summaryShare,
  toSource,
} from './segment-span.ts';
import type { SegmentPolicy, SegmentSummary } from './segment.ts';
import type { SessionState } from './session-state.ts';
import { countedSummary } from './brief-summary.ts';

/** What summaries are made with. */
export interface CoverParams {
  readonly policy: SegmentPolicy;
  readonly model: string;
  readonly env: DecisionEnvironment;
}

/** About as many as English has; where it is fewer, a shorter text is tried. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * What makes room for one more closed segment: the oldest ones get one summary together, and where there are as many such
 * summaries as there may be, two of them become one before.
 */
export function coverSegments(
  state: SessionState,
  params: CoverParams,
): readonly SegmentsSummarised[] {
  const most = residentSegments(params.policy.summaryTokens);
  if (state.closed.length < most) return [];
  const pair = spansToMerge(state.spans);
  const merged = pair === null ? [] : [summarised(state, pair, params)];
  const oldest = state.closed.slice(0, Math.ceil(most / 2)).map(asEffective);
  return [...merged, summarised(state, oldest, params)];
}

/** What reminds of better summaries of spans. */
export function coverFollowUps(
  events: readonly SegmentsSummarised[],
  nowMs: number,
): readonly FollowUp[] {
  const dueAtMs = nowMs + FOLLOW_UP_DELAY_MS;
  return events.map(({ fromSegment, toSegment }) => ({
    id: summariseId(toSegment, fromSegment),
    dueAtMs,
  }));
}

function summarised(
  state: SessionState,
  covered: readonly EffectiveSummary[],
  params: CoverParams,
): SegmentsSummarised {
  const [first] = covered;
  const last = covered.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('nothing is summarised');
  const range = { fromSegment: first.fromSegment, toSegment: last.toSegment };
  const sources = covered.map(toSource);
  return {
    type: 'segments-summarised',
    atMs: params.env.nowMs,
    level: 1 + Math.max(...covered.map(({ level }) => level)),
    ...range,
    fromPosition: first.fromPosition,
    sources,
    summary: extractive(state, { sources, range }, params),
  };
}

function extractive(
  state: SessionState,
  {
    sources,
    range,
  }: {
    readonly sources: readonly SpanSource[];
    readonly range: { readonly fromSegment: number; readonly toSegment: number };
  },
  { policy, model, env }: CoverParams,
): SegmentSummary {
  const maxTokens = summaryShare(1, policy.summaryTokens);
  let maxLength = maxTokens * CHARACTERS_PER_TOKEN;
  for (;;) {
    const text = recordableText(joinedSummaries(sources, maxLength));
    const made = { ...range, text, origin: 'extractive', revision: 0 } as const;
    const summary = countedSummary(made, (content) =>
      countCalibrated(env, state.calibrations, { content, model }),
    );
    // A shorter text is empty in the end, which takes no token.
    if (summary.tokens <= maxTokens) return summary;
    maxLength = Math.floor(maxLength / 2);
  }
}
