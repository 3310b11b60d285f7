import type { Clock } from '../../domain/clock.ts';
import type { SummarizeFn } from '../../domain/folding-options.ts';
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
    const answer = await callSummarizer(task, summarizer);
    if (answer.kind === 'failure') return answer;
    const verdict = acceptSummary(answer.text, {
      sourceTokens: task.sourceTokens,
      maxTokens: task.maxTokens,
      countTokens: (text) => tokensOf(text, task.counting),
    });
    if (verdict.kind === 'refused') return failure({ reason: verdict.reason });
    return { kind: 'summary', text: verdict.text, tokens: verdict.tokens };
  } catch (cause) {
    return failure({ reason: 'failed', cause });
  }
}

type Answer = { readonly kind: 'answer'; readonly text: unknown };
type Failure = Extract<SummaryOutcome, { readonly kind: 'failure' }>;

/** What the function gives, or that time or the caller ended the wait: one that ignores its signal holds nobody up. */
async function callSummarizer(
  { text, maxTokens, focus, signal }: SummaryTask,
  { summarize, timeoutMs, clock }: Summarizer,
): Promise<Answer | Failure> {
  if (signal?.aborted === true) return failure({ reason: 'aborted' });
  const call = new AbortController();
  let stop = (): void => undefined;
  const ended = new Promise<Failure>((resolve) => {
    const end = (reason: 'timed-out' | 'aborted'): void => {
      call.abort();
      resolve(failure({ reason }));
    };
    const abort = (): void => end('aborted');
    const timer = clock.setTimer(timeoutMs, () => end('timed-out'), { isBackground: true });
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      timer.cancel();
      signal?.removeEventListener('abort', abort);
    };
  });
  const answered = async (): Promise<Answer> => {
    return {
      kind: 'answer',
      text: await summarize(text, { maxTokens, focus, signal: call.signal }),
    };
  };
  try {
    return await Promise.race([ended, answered()]);
  } finally {
    stop();
  }
}

function failure(reason: SummaryFailure): Failure {
  return { kind: 'failure', failure: reason };
}
