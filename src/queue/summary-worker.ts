import type { Clock } from '../domain/clock.ts';
import { PagefoldError } from '../domain/errors.ts';
import { ModelCallError } from '../domain/model-call-error.ts';
import { onAbort } from '../domain/on-abort.ts';
import { failureLabel } from './failure-label.ts';
import type { Consumer, Enqueued, Job, JobOutcome, Queue } from './queue.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { type ModelUsage, readAnswer, readUsage, type SummaryAnswer } from './summary-answer.ts';
import { fromQueuedJob, type SummaryJob, summaryJobId, toQueuedJob } from './summary-job.ts';

/** One message of a segment as a summariser sees it. */
export interface SummaryMessage {
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  readonly content: string;
}

/** What a summary is asked for. */
export interface SummaryOptions {
  /** Aborted when nobody waits for the summary any more. */
  readonly signal: AbortSignal;
  readonly tenant: string;
  readonly sessionId: string;
  /** The number of the segment whose messages these are, counting from 1; of several, the last one. */
  readonly segment: number;
  /** The first of several segments; the messages are summaries of them then, oldest first. Else the segment itself. */
  readonly fromSegment: number;
  /** A summary of more tokens is refused, since it would not fit beside what it stands next to. */
  readonly maxTokens: number;
  /**
   * Takes what a call to a model used as soon as that is known, so that it is charged also where the summary comes to nothing. What
   * was told here is not told again in the answer.
   */
  readonly charge: (usage: ModelUsage) => void;
}

/**
 * Writes a summary of the messages of a segment; may answer at once or later. It is called again when it throws or when its
 * summary is refused.
 */
export interface Summarize {
  (
    messages: readonly SummaryMessage[],
    options: SummaryOptions,
  ): string | SummaryAnswer | Promise<string | SummaryAnswer>;
  /**
   * Milliseconds after which it is told to stop, and tried again; null where it sees to it that it comes to an end. 60,000 when
   * not given.
   */
  readonly timeoutMs?: number | null | undefined;
}

/** What a summary is made from. */
export interface SegmentContent {
  readonly messages: readonly SummaryMessage[];
  readonly tokens: number;
}

/** What the worker needs from the runtime around it. */
export interface SummaryHost {
  readonly clock: Clock;
  /** Writes summaries of segments that nobody was named for; null when there is nobody. */
  readonly summarize: Summarize | null;
  /** What a segment holds; null when the segment or its session is gone, or it needs no summary any more. */
  loadSegment(job: SummaryJob): Promise<SegmentContent | null>;
  /** Checks a summary; null when it is usable, else why not. */
  refuse(
    job: SummaryJob,
    summary: { readonly text: unknown; readonly sourceTokens: number },
  ): Promise<string | null>;
  /** Charges the session with what a summary cost, whatever becomes of it. */
  charge(job: SummaryJob, usage: readonly ModelUsage[]): Promise<void>;
  /** Tells of usage that cannot be charged since it cannot be read. */
  complain(job: SummaryJob, error: PagefoldError): void;
  /** Lays the summary over the segment. */
  apply(job: SummaryJob, text: string): Promise<void>;
  /** Is told of a job that will not be tried again here, by its id. */
  ended(id: string): void;
  /** The segment keeps the summary it has; `reason` holds no content. */
  giveUp(job: SummaryJob, reason: string): Promise<void>;
}

/** Tries of a summary in the process that asks for it: a few soon, since the segment has a summary meanwhile. */
export const LOCAL_RETRIES: RetryPolicy = {
  attempts: 3,
  firstPauseMs: 200,
  longestPauseMs: 60_000,
  jitter: 0.5,
};

/** A minute is long for a summary and short for a stuck connection. */
const TIMEOUT_MS = 60_000;

const DONE: JobOutcome = { kind: 'done' };

/** Has summaries written by way of a queue: bounded, retried, and never able to lose or block anything. */
export class SummaryWorker {
  readonly #host: SummaryHost;
  readonly #queue: Queue;
  readonly #timeoutMs: number;
  /** Who writes a summary, where it is not whoever writes those of everybody; bounded by what the queue holds. */
  readonly #named = new Map<string, Summarize>();

  constructor(host: SummaryHost, queue: Queue, timeoutMs: number = TIMEOUT_MS) {
    this.#host = host;
    this.#queue = queue;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks for a summary, of `summarize` where one is given, which needs a queue of this process alone.
   * @throws UNKNOWN_OUTCOME when the queue cannot be reached, CLOSED when it was closed.
   */
  async submit(job: SummaryJob, summarize: Summarize | null = null): Promise<Enqueued> {
    const id = summaryJobId(job);
    const isNamed = summarize !== null && !this.#named.has(id);
    // Before anything is waited for: the job may begin while it is being added.
    if (isNamed) this.#named.set(id, summarize);
    const answer = await this.#queue.enqueue(toQueuedJob(job));
    if (isNamed && answer === 'full') this.#named.delete(id);
    return answer;
  }

  /** Begins to write summaries, for a queue with no jobs of other kinds. */
  consume(options: {
    readonly concurrency: number;
    readonly rateLimit?: { readonly max: number; readonly perMs: number } | undefined;
  }): Consumer {
    return this.#queue.consume({
      ...options,
      handle: (job, { signal }) => this.handle(job, signal),
    });
  }

  /** Does a job that asks for a summary. Its last failure leaves the segment the summary that it has. */
  async handle(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const reference = fromQueuedJob(job);
    if (reference === null) return { kind: 'hopeless', reason: 'the job cannot be read' };
    const outcome = await this.#attempt(reference, signal);
    // Whoever runs next may have better luck: the outbox still has the entry.
    if (outcome.kind !== 'done' && signal.aborted) return outcome;
    if (outcome.kind === 'failed' && job.attempt < job.attempts) return outcome;
    this.#named.delete(job.id);
    this.#host.ended(job.id);
    if (outcome.kind !== 'done') await this.#giveUp(reference, outcome.reason);
    return outcome;
  }

  async #giveUp(job: SummaryJob, reason: string): Promise<void> {
    try {
      await this.#host.giveUp(job, reason);
    } catch {
      // The outbox entry is still there, so the sweep comes back to it.
    }
  }

  async #attempt(job: SummaryJob, signal: AbortSignal): Promise<JobOutcome> {
    const summarize = this.#named.get(summaryJobId(job)) ?? this.#host.summarize;
    // Who was named is gone with a former life of this process; the outbox knows of it.
    if (summarize === null) return DONE;
    const bill = new Bill(async (usage) => {
      if (PagefoldError.isInstance(usage)) this.#host.complain(job, usage);
      else await this.#host.charge(job, [usage]);
    });
    try {
      const source = await this.#host.loadSegment(job);
      if (source === null) return DONE;
      const charge = (usage: unknown): void => bill.add(readUsage(usage, 'usage'));
      const call = { summarize, messages: source.messages, signal, charge };
      const { text, usage } = readAnswer(await this.#call(job, call));
      for (const one of usage) bill.add(one);
      await bill.whenBooked();
      const refusal = await this.#host.refuse(job, { text, sourceTokens: source.tokens });
      if (refusal !== null) return { kind: 'failed', reason: refusal };
      if (typeof text === 'string') await this.#host.apply(job, text.trim());
      return DONE;
    } catch (error) {
      return bill.whenBooked().then(() => failureOf(error), failureOf);
    }
  }

  async #call(
    job: SummaryJob,
    how: {
      readonly summarize: Summarize;
      readonly messages: readonly SummaryMessage[];
      readonly signal: AbortSignal;
      readonly charge: (usage: unknown) => void;
    },
  ): Promise<unknown> {
    const call = new AbortController();
    const stop = (): void => call.abort();
    if (how.signal.aborted) stop();
    const unwatch = onAbort(how.signal, stop);
    const { clock } = this.#host;
    const { timeoutMs = this.#timeoutMs } = how.summarize;
    const timer = timeoutMs === null ? null : clock.setTimer(timeoutMs, stop);
    try {
      const { key, segment, fromSegment, maxTokens } = job;
      const { tenant, sessionId } = key;
      const { charge } = how;
      const ids = { tenant, sessionId, segment, fromSegment };
      const options = { ...ids, signal: call.signal, maxTokens, charge };
      // Nobody is asked for a summary that nobody waits for.
      call.signal.throwIfAborted();
      const answer = how.summarize(how.messages, options);
      // After the call, which may throw at once: then there is nobody to see this one rejected.
      const aborted = new Promise<never>((_resolve, reject) => {
        const fail = (): void => reject(new DOMException('aborted', 'AbortError'));
        if (call.signal.aborted) fail();
        onAbort(call.signal, fail);
      });
      // A summariser that ignores its signal must not hold a place for ever.
      return await Promise.race([answer, aborted]);
    } finally {
      timer?.cancel();
      unwatch();
    }
  }
}

/** Charges for calls as soon as they are answered, one after the other, so that a process that dies has charged for the others. */
class Bill {
  readonly #charge: (usage: ModelUsage | PagefoldError) => Promise<void>;
  #booked: Promise<void> = Promise.resolve();
  #failure: { readonly reason: unknown } | null = null;

  constructor(charge: (usage: ModelUsage | PagefoldError) => Promise<void>) {
    this.#charge = charge;
  }

  add(usage: ModelUsage | PagefoldError): void {
    this.#booked = this.#booked
      .then(() => this.#charge(usage))
      .catch((reason: unknown) => {
        this.#failure ??= { reason };
      });
  }

  /** Resolves once all is charged; rejects with the first reason why something was not. */
  async whenBooked(): Promise<void> {
    await this.#booked;
    if (this.#failure !== null) throw this.#failure.reason;
  }
}

/** A model that refuses for good is not asked again, and one that asks for time gets it. */
function failureOf(error: unknown): JobOutcome {
  const label = failureLabel(error);
  if (!ModelCallError.isInstance(error)) return { kind: 'failed', reason: label };
  const { status, retryAfterMs, flaw } = error.data;
  const details = [
    ...(typeof status === 'number' ? [`status ${status}`] : []),
    ...(flaw === 'unfinished' || flaw === 'declined' ? [`${flaw} answer`] : []),
  ];
  const reason = [label, ...details].join(', ');
  if (error.code === 'MODEL_CALL_REFUSED') return { kind: 'hopeless', reason };
  return typeof retryAfterMs === 'number'
    ? { kind: 'failed', reason, afterMs: retryAfterMs }
    : { kind: 'failed', reason };
}
