import type { SessionKey } from '../domain/ids.ts';
import { summaryShare } from '../domain/segment-span.ts';
import type { SessionState } from '../domain/session-state.ts';
import { type SummarisedRange, type SummaryWish, summaryWish } from '../domain/summary-wish.ts';
import type { SummaryJob } from '../queue/summary-job.ts';

interface Asked {
  readonly key: SessionKey;
  /** Tokens that all summaries have together in a prompt. */
  readonly summaryTokens: number;
}

/** As {@link summaryWish}, as a job. */
export function toSummaryJob(
  state: SessionState,
  asked: SummarisedRange & Asked,
): SummaryJob | null {
  const wish = summaryWish(state, asked);
  const { key, summaryTokens } = asked;
  return wish === null ? null : jobOf(wish, { key, summaryTokens, lifeId: state.lifeId });
}

/** The job that fulfils a wish of a session. */
export function jobOf(
  wish: SummaryWish,
  { key, lifeId, summaryTokens }: Asked & { readonly lifeId: string },
): SummaryJob {
  return { ...wish, key, lifeId, maxTokens: summaryShare(wish.level, summaryTokens) };
}
