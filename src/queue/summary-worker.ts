import type { Clock } from '../domain/clock.ts';
import type { SessionKey } from '../domain/ids.ts';
import { failureLabel } from './failure-label.ts';

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
  /** The number of the segment whose messages these are, counting from 1. */
  readonly segment: number;
  /** A summary of more tokens is refused, since it would not fit beside what it stands next to. */
  readonly maxTokens: number;
}

/**
 * Writes a summary of the messages of a segment; may answer at once or later. It is called again when it throws or when its
 * summary is refused.
 */
export type Summarize = (
  messages: readonly SummaryMessage[],
  options: SummaryOptions,
) => string | Promise<string>;

/** A closed segment that waits for a better summary. */
export interface SummaryJob {
  readonly key: SessionKey;
  /** The life of the session whose segment it is: another one may take the id while the summary is written. */
  readonly lifeId: string;
  readonly segment: number;
  readonly summarize: Summarize;
  /** A longer summary is refused: it would not fit beside what it stands next to. */
  readonly maxTokens: number;
}

/** What a summary is made from. */
export interface SegmentContent {
  readonly messages: readonly SummaryMessage[];
  readonly tokens: number;
}

/** What the worker needs from the runtime around it. */
export interface SummaryHost {
  readonly clock: Clock;
  /** What a segment holds; null when the segment or its session is gone, or it needs no summary any more. */
  loadSegment(job: SummaryJob): Promise<SegmentContent | null>;
  /** Checks a summary; null when it is usable, else why not. */
  refuse(
    job: SummaryJob,
    summary: { readonly text: unknown; readonly sourceTokens: number },
  ): Promise<string | null>;
  /** Lays the summary over the segment. */
  apply(job: SummaryJob, text: string): Promise<void>;
  /** The segment keeps the summary it has; `reason` holds no content. */
  giveUp(job: SummaryJob, reason: string): Promise<void>;
}

/** Bounds of the worker. */
export interface SummaryLimits {
  readonly concurrency: number;
  /** Jobs waiting at most; more are left to the sweep of the outbox. */
  readonly waiting: number;
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly timeoutMs: number;
}

/** A few calls at once are kind to rate limits; a minute is long for a summary and short for a stuck connection. */
export const DEFAULT_SUMMARY_LIMITS: SummaryLimits = {
  concurrency: 4,
  waiting: 10_000,
  attempts: 3,
  firstPauseMs: 200,
  timeoutMs: 60_000,
};

/** Runs summarisers in the background: bounded, retried, and never able to lose or block anything. */
export class SummaryWorker {
  readonly #host: SummaryHost;
  readonly #limits: SummaryLimits;
  readonly #waiting: SummaryJob[] = [];
  readonly #known = new Set<string>();
  readonly #stop = new AbortController();
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(host: SummaryHost, limits: SummaryLimits = DEFAULT_SUMMARY_LIMITS) {
    this.#host = host;
    this.#limits = limits;
  }

  /** Takes a job; false when it is known already, the worker is full, or it is closed. */
  submit(job: SummaryJob): boolean {
    const id = jobId(job);
    if (
      this.#stop.signal.aborted ||
      this.#known.has(id) ||
      this.#waiting.length >= this.#limits.waiting
    )
      return false;
    this.#known.add(id);
    this.#waiting.push(job);
    this.#startNext();
    return true;
  }

  /** Resolves once nothing waits and nothing runs. */
  async whenIdle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Drops what waits, tells what runs to stop, and waits for it. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    this.#stop.abort();
    await this.whenIdle();
  }

  #startNext(): void {
    while (this.#running < this.#limits.concurrency) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#running += 1;
      void this.#run(job).finally(() => this.#finish(job));
    }
  }

  #finish(job: SummaryJob): void {
    this.#running -= 1;
    this.#known.delete(jobId(job));
    this.#startNext();
    if (this.#running > 0) return;
    const waiters = this.#idle;
    this.#idle = [];
    for (const resolve of waiters) resolve();
  }

  /** Never rejects: a failure becomes a reason, and the segment keeps its extractive summary. */
  async #run(job: SummaryJob): Promise<void> {
    let reason = '';
    for (
      let attempt = 1;
      attempt <= this.#limits.attempts && !this.#stop.signal.aborted;
      attempt += 1
    ) {
      // In order: an attempt follows the failure of the one before.
      const failure = await this.#attempt(job);
      if (failure === null) return;
      reason = failure;
      if (attempt < this.#limits.attempts) await this.#pause(attempt);
    }
    // Whoever runs next may have better luck: the outbox still has the entry.
    if (this.#stop.signal.aborted) return;
    try {
      await this.#host.giveUp(job, reason);
    } catch {
      // The outbox entry is still there, so the sweep comes back to it.
    }
  }

  async #attempt(job: SummaryJob): Promise<string | null> {
    try {
      const source = await this.#host.loadSegment(job);
      if (source === null) return null;
      const text: unknown = await this.#call(job, source.messages);
      const refusal = await this.#host.refuse(job, { text, sourceTokens: source.tokens });
      if (refusal !== null) return refusal;
      if (typeof text === 'string') await this.#host.apply(job, text.trim());
      return null;
    } catch (error) {
      return failureLabel(error);
    }
  }

  async #call(job: SummaryJob, messages: readonly SummaryMessage[]): Promise<unknown> {
    const call = new AbortController();
    const stop = (): void => call.abort();
    this.#stop.signal.addEventListener('abort', stop, { once: true });
    const timer = this.#host.clock.setTimer(this.#limits.timeoutMs, stop);
    const aborted = new Promise<never>((_resolve, reject) => {
      call.signal.addEventListener(
        'abort',
        () => reject(new DOMException('aborted', 'AbortError')),
        { once: true },
      );
    });
    try {
      // A summariser that ignores its signal must not hold a place for ever.
      const { key, segment, maxTokens } = job;
      const { tenant, sessionId } = key;
      const options = { signal: call.signal, tenant, sessionId, segment, maxTokens };
      return await Promise.race([job.summarize(messages, options), aborted]);
    } finally {
      timer.cancel();
      this.#stop.signal.removeEventListener('abort', stop);
    }
  }

  async #pause(attempt: number): Promise<void> {
    const delayMs = this.#limits.firstPauseMs * 2 ** (attempt - 1);
    const { signal } = this.#stop;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.#host.clock.setTimer(delayMs, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

function jobId(job: SummaryJob): string {
  const { tenant, sessionId } = job.key;
  return [tenant, sessionId, job.lifeId, job.segment].join('\u0000');
}
