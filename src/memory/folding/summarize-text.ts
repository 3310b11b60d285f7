import type { Clock } from '../../domain/clock.ts';
import type { SummarizeFn } from '../../domain/folding-options.ts';
import { callInTime } from '../timed-call.ts';
import { acceptSummary, type SummaryRefusal } from '../summary-request.ts';
import { type FoldCounting, tokensOf } from './fold-counting.ts';

/** Why a summary was not used. */
export interface SummaryFailure {
  readonly reason: SummaryRefusal | 'failed' | 'timed-out' | 'aborted';
  /** What the function threw, when it did. */
  readonly cause?: unknown;
}

/** What came of asking. */
export type SummaryOutcome =
  | { readonly kind: 'summary'; readonly text: string; readonly tokens: number }
  | { readonly kind: 'failure'; readonly failure: SummaryFailure };

/** A function that summarises, and the bounds it is held to. */
export interface Summarizer {
  readonly summarize: SummarizeFn;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'setTimer'>;
}

/** What is asked. */
export interface SummaryTask {
  readonly text: string;
  readonly sourceTokens: number;
  readonly maxTokens: number;
  readonly focus: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly counting: FoldCounting;
}

/** A minute is long for a summary and short for a stuck connection. */
export const DEFAULT_SUMMARY_TIMEOUT_MS = 60_000;

/** The summary of a model, checked; never throws, since a text that cannot be summarised is still there. */
export async function summarizeText(
  task: SummaryTask,
  summarizer: Summarizer,
): Promise<SummaryOutcome> {
  try {
    const { text, maxTokens, focus, signal } = task;
    const { summarize, timeoutMs, clock } = summarizer;
    const outcome = await callInTime<unknown>(
      async (stop) => summarize(text, { maxTokens, focus, signal: stop }),
      { timeoutMs, clock, signal },
    );
    if (outcome.kind === 'failure') return failure({ reason: outcome.reason });
    const verdict = acceptSummary(outcome.answer, {
      sourceTokens: task.sourceTokens,
      maxTokens,
      countTokens: (summary) => tokensOf(summary, task.counting),
    });
    if (verdict.kind === 'refused') return failure({ reason: verdict.reason });
    return { kind: 'summary', text: verdict.text, tokens: verdict.tokens };
  } catch (cause) {
    return failure({ reason: 'failed', cause });
  }
}

function failure(reason: SummaryFailure): SummaryOutcome {
  return { kind: 'failure', failure: reason };
}
