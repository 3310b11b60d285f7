import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { effectiveSummaries, summaryHash, summaryShare } from '../domain/segment-span.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SummaryJob } from '../queue/summary-job.ts';

/** Every summary of a segment is its first better one: none is asked for where one is there. */
const REVISION = 1;

/** A segment, or several that have one summary together. */
export interface SummarisedRange {
  /** The last one. */
  readonly segment: number;
  /** The first one; the segment itself when not given. */
  readonly fromSegment?: number;
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
export function toSummaryJob(
  state: SessionState,
  asked: SummarisedRange & {
    readonly key: SessionKey;
    /** Tokens that all summaries have together in a prompt. */
    readonly summaryTokens: number;
  },
): SummaryJob | null {
  const { key, segment, fromSegment = segment, summaryTokens } = asked;
  const shown = effectiveSummaries(state).find(
    (candidate) => candidate.fromSegment === fromSegment && candidate.toSegment === segment,
  );
  if (shown === undefined || shown.summary.revision >= REVISION) return null;
  const { level, fromPosition, toPosition } = shown;
  return {
    key,
    lifeId: state.lifeId,
    segment,
    fromSegment,
    level,
    fromPosition,
    toPosition,
    version: state.version,
    hash: summaryHash(shown),
    revision: REVISION,
    maxTokens: summaryShare(level, summaryTokens),
  };
}
