import type { Executor } from '../actors/envelope.ts';
import type { Clock, Timer } from '../domain/clock.ts';
import { summariseId } from '../domain/decision.ts';
import { SessionManagerError } from '../domain/errors.ts';
import { aboutSegments } from '../domain/summary-note.ts';
import { acceptSummary } from '../memory/summary-request.ts';
import { LocalQueue } from '../queue/local-queue.ts';
import type { Consumer, Job, JobOutcome } from '../queue/queue.ts';
import type { Shedding } from '../queue/hold-back.ts';
import type { ModelUsage } from '../queue/summary-answer.ts';
import { type SummaryJob, summaryJobId } from '../queue/summary-job.ts';
import {
  LOCAL_RETRIES,
  type SegmentContent,
  type Summarize,
  type SummaryHost,
  SummaryWorker,
} from '../queue/summary-worker.ts';
import type { Store } from '../store/store.ts';
import { calibratedCounter } from '../tokens/calibrated-counter.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { BackgroundQueue } from './background-queue.ts';
import { summaryCallCommand } from './summary-call.ts';
import { readSegmentMessages } from './segment-messages.ts';
import type { Warn } from './warnings.ts';

/** What summaries are read, checked and recorded with. */
export interface SummaryParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly random: () => number;
  readonly counter: TokenCounter;
  readonly summarize: Summarize | null;
  readonly background: BackgroundQueue | null;
  /** When summaries of this process give way to its other work; never, when not given. */
  readonly shedding?: Shedding | undefined;
  readonly warn: Warn;
  defaultModel(): string;
}

/** A few calls at once are kind to rate limits. */
const LOCAL_CONCURRENCY = 4;
const MAX_WAITING = 10_000;
const MAX_DEAD = 1000;

/**
 * A job of this process alone that has not ended after so long is put off in the outbox, before a sweep takes it for lost, and
 * again while it waits or runs. Should the process die, it comes back then.
 */
const HOLD_AFTER_MS = 10_000;
const HELD_MS = 600_000;

/** How often one of the processes that share a queue looks at the outbox. */
const SWEEP_MS = 15_000;
const SWEEP = 'sweep';

/**
 * Summaries that are written in the background: of whoever writes them for everybody through the queue that processes share,
 * where there is one, and of those that a session brings along, which no other process has, in this process.
 */
export class BackgroundSummaries {
  readonly #parts: SummaryParts;
  readonly #queue: LocalQueue;
  readonly #here: SummaryWorker;
  readonly #everywhere: SummaryWorker;
  readonly #submissions = new Set<Promise<void>>();
  /** When the reminder of each job that waits or runs here is put off next, by its id. */
  readonly #held = new Map<string, Timer>();
  readonly #stop = new AbortController();
  #consumer: Consumer | null = null;

  constructor(parts: SummaryParts, sweep: () => Promise<void>) {
    this.#parts = parts;
    const { clock, random, background, shedding } = parts;
    this.#queue = new LocalQueue({
      clock,
      random,
      retries: LOCAL_RETRIES,
      maxWaiting: MAX_WAITING,
      maxDead: MAX_DEAD,
      shedding,
    });
    const host: SummaryHost = {
      clock,
      summarize: parts.summarize,
      loadSegment: (job) => this.#loadSegment(job),
      refuse: (job, summary) => this.#refuse(job, summary),
      charge: (job, usage) => this.#charge(job, usage),
      complain: ({ key }, error) => parts.warn('SUMMARY_NOT_CHARGED', error, key),
      apply: (job, text) => this.#apply(job, text),
      ended: (id) => this.#release(id),
      giveUp: (job, reason) => this.#giveUp(job, reason),
    };
    this.#here = new SummaryWorker(host, this.#queue);
    this.#here.consume({ concurrency: LOCAL_CONCURRENCY });
    this.#everywhere = background === null ? this.#here : new SummaryWorker(host, background.queue);
    if (background?.isConsumer === true) this.#consume(background, sweep);
  }

  /** Whether somebody writes summaries of sessions that bring nobody along. */
  get isAnybodyThere(): boolean {
    return this.#parts.summarize !== null || this.#parts.background !== null;
  }

  /** Asks for a summary without waiting; what cannot be asked for now is left to the sweep. */
  request(job: SummaryJob, summarize: Summarize | null): void {
    // A queue that cannot be reached must not fill this process; the outbox knows of them all.
    if (this.#submissions.size >= MAX_WAITING) return;
    const isOwn = summarize !== null && summarize !== this.#parts.summarize;
    // Others would take it for lost; in a shared queue they find it.
    if (isOwn || this.#everywhere === this.#here) this.#hold(job, HOLD_AFTER_MS);
    const asked = isOwn ? this.#here.submit(job, summarize) : this.#everywhere.submit(job);
    const submission = asked
      .then((answer) => {
        if (answer === 'full') this.#release(summaryJobId(job));
      })
      .catch((error: unknown) => {
        this.#release(summaryJobId(job));
        this.#parts.warn('FOLLOW_UP_FAILED', error, job.key);
      })
      .finally(() => this.#submissions.delete(submission));
    this.#submissions.add(submission);
  }

  /** Puts the reminder of a job off for as long as it waits or runs in this process. */
  #hold(job: SummaryJob, afterMs: number): void {
    const { clock, store, warn } = this.#parts;
    const id = summaryJobId(job);
    const putOff = (): void => {
      this.#hold(job, HELD_MS / 2);
      const entry = { key: job.key, id: summariseId(job.segment, job.fromSegment) };
      store
        .settleOutbox({ ...entry, dueAtMs: clock.nowMs() + HELD_MS })
        .catch((error: unknown) => warn('FOLLOW_UP_FAILED', error, job.key));
    };
    this.#release(id);
    this.#held.set(id, clock.setTimer(afterMs, putOff, { isBackground: true }));
  }

  #release(id: string): void {
    this.#held.get(id)?.cancel();
    this.#held.delete(id);
  }

  /** Asks whoever writes summaries for everybody. @throws UNKNOWN_OUTCOME when their queue cannot be reached. */
  async submit(job: SummaryJob): Promise<void> {
    await this.#everywhere.submit(job);
  }

  /** Resolves once what was asked for here is done; of a shared queue also what others asked for, where it is done here. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#submissions);
    await this.#queue.drain();
    const { background } = this.#parts;
    if (background?.isConsumer === true) await background.queue.drain();
  }

  /** Takes no more jobs of others, and waits for those that were begun. */
  async leave(): Promise<void> {
    await this.#consumer?.close();
  }

  /** Tells what runs to stop and waits for it; what is left stays in the outbox, and in the queue that is shared. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#held.values()) timer.cancel();
    this.#held.clear();
    await Promise.all([this.#queue.close(), this.#consumer?.close()]);
    const { background } = this.#parts;
    if (background?.isOwn === true) await background.queue.close();
  }

  #consume({ queue, concurrency, rateLimit }: BackgroundQueue, sweep: () => Promise<void>): void {
    const handle = async (job: Job, signal: AbortSignal): Promise<JobOutcome> => {
      if (job.kind !== SWEEP) return this.#everywhere.handle(job, signal);
      await sweep().catch((error: unknown) => this.#parts.warn('SWEEP_FAILED', error));
      return { kind: 'done' };
    };
    this.#consumer = queue.consume({
      concurrency,
      signal: this.#stop.signal,
      ...(rateLimit === null ? {} : { rateLimit }),
      handle: (job, { signal }) => handle(job, signal),
    });
    queue
      .repeat({ id: 'sweep__outbox', kind: SWEEP, everyMs: SWEEP_MS })
      .catch((error: unknown) => {
        // Where nothing is taken any more nobody is to be told to sweep either; those who stay see to it.
        if (!this.#stop.signal.aborted) this.#parts.warn('SWEEP_FAILED', error);
      });
  }

  async #loadSegment(job: SummaryJob): Promise<SegmentContent | null> {
    const content = await readSegmentMessages(this.#parts, job);
    if (typeof content !== 'string') return content;
    // A job that is about something else says nothing about what there is to do.
    if (content === 'not-needed') await this.#settle(job);
    return null;
  }

  async #refuse(
    job: SummaryJob,
    summary: { readonly text: unknown; readonly sourceTokens: number },
  ): Promise<string | null> {
    const { executor } = this.#parts;
    const model = this.#parts.defaultModel();
    // As it will be counted when it is recorded, and when prompts are built.
    const state = await executor.readState({ key: job.key, freshness: 'local' });
    const counter = calibratedCounter(this.#parts.counter, state?.calibrations ?? []);
    const verdict = acceptSummary(summary.text, {
      sourceTokens: summary.sourceTokens,
      maxTokens: job.maxTokens,
      countTokens: (text) => counter.countText(text, model),
    });
    return verdict.kind === 'accepted' ? null : verdict.reason;
  }

  async #apply(job: SummaryJob, text: string): Promise<void> {
    const model = this.#parts.defaultModel();
    const { key, lifeId, segment, fromSegment, revision } = job;
    await this.#parts.executor.execute({
      key,
      command: { type: 'apply-summary', segment, fromSegment, text, model, revision },
      options: { lifeId },
    });
  }

  async #charge({ key, lifeId, segment }: SummaryJob, usage: readonly ModelUsage[]): Promise<void> {
    const { executor, warn } = this.#parts;
    for (const call of usage) {
      try {
        const command = summaryCallCommand(call, segment);
        // In order: one commit is as good as another, and there is seldom more than one.
        await executor.execute({ key, command, options: { lifeId } });
      } catch (error) {
        // The summary is there and is worth more than its bill.
        warn('SUMMARY_NOT_CHARGED', error, key);
      }
    }
  }

  async #giveUp(job: SummaryJob, reason: string): Promise<void> {
    const about = aboutSegments({ ...job, toSegment: job.segment });
    const keeps = job.level === 0 ? 'keeps its' : 'keep their';
    const text = `${about} ${keeps} extractive summary: ${reason}`;
    this.#parts.warn('SUMMARY_FAILED', new SessionManagerError(text), job.key);
    await this.#settle(job);
  }

  /** The reminder of another session that took the id is not ours to take. */
  async #settle({ key, lifeId, segment, fromSegment }: SummaryJob): Promise<void> {
    const { executor, store } = this.#parts;
    const state = await executor.readState({ key, freshness: 'fresh' });
    if (state?.lifeId !== lifeId) return;
    await store.settleOutbox({ key, id: summariseId(segment, fromSegment), dueAtMs: null });
  }
}
