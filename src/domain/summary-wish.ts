import type { LogEvent } from './log-event.ts';
import { effectiveSummaries, summaryHash } from './segment-span.ts';
import type { SessionState } from './session-state.ts';

/** Every summary of a segment is its first better one: none is asked for where one is there. */
const REVISION = 1;

/** A segment, or several that have one summary together. */
export interface SummarisedRange {
  /** The last one. */
  readonly segment: number;
  /** The first one; the segment itself when not given. */
  readonly fromSegment?: number;
}

/** What a better summary is wanted for, and what stands there. */
export interface SummaryWish {
  readonly segment: number;
  /** The first of several segments, else the segment itself. */
  readonly fromSegment: number;
  /** 0 for what was said in a segment, else how many times summaries are summarised by then. */
  readonly level: number;
  /** Where the segment begins and ends in the log; one with other ends is another one. */
  readonly fromPosition: number;
  readonly toPosition: number;
  /** How long the log was when the wish was made. One that is shorter now has lost what the wish is about. */
  readonly version: number;
  /** Of the summary that is to be replaced, and of its place: where another one stands, the wish is about something else. */
  readonly hash: string;
  /** The revision that the summary becomes. A segment that has one as new already needs none. */
  readonly revision: number;
}

/** What got an extractive summary with an event. */
export function newlySummarised(event: LogEvent): readonly SummarisedRange[] {
  if (event.type === 'segment-closed') return [{ segment: event.segment }];
  if (event.type !== 'segments-summarised' || event.summary.revision > 0) return [];
  return [{ segment: event.toSegment, fromSegment: event.fromSegment }];
}

/**
 * What asks for a better summary of a segment, or of all from `fromSegment` to it; null when no summary stands for just them, or
 * a better one does already.
 */
export function summaryWish(
  state: SessionState,
  { segment, fromSegment = segment }: SummarisedRange,
): SummaryWish | null {
  const shown = effectiveSummaries(state).find(
    (candidate) => candidate.fromSegment === fromSegment && candidate.toSegment === segment,
  );
  if (shown === undefined || shown.summary.revision >= REVISION) return null;
  const { level, fromPosition, toPosition } = shown;
  const { version } = state;
  const hash = summaryHash(shown);
  return {
    segment,
    fromSegment,
    level,
    fromPosition,
    toPosition,
    version,
    hash,
    revision: REVISION,
  };
}
