import type { Clock, Timer } from '../domain/clock.ts';
import { SessionManagerError } from '../domain/errors.ts';
import { onAbort } from '../domain/on-abort.ts';
import { FairLine } from './fair-line.ts';
import { HoldBack, type Shedding } from './hold-back.ts';
import { LocalConsumer, type LocalJob } from './local-consumer.ts';
import { type JobPriority, type ParsedJob, parseNewJob } from './job.ts';
import type {
  ConsumeOptions,
  Consumer,
  DeadJob,
  Enqueued,
  JobOutcome,
  NewJob,
  Queue,
  QueueFigures,
} from './queue.ts';
import {
  parseConsumeOptions,
  parseDeadJobsOptions,
  parseDrainOptions,
  parseRepeatOptions,
} from './queue-options.ts';
import { type RetryPolicy, retryPauseMs } from './retry-policy.ts';

/** How a queue of this process is set up. */
export interface LocalQueueSettings {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly retries: RetryPolicy;
  /** Jobs held at most, those that run not counted; more are refused as `full`. */
  readonly maxWaiting: number;
  /** Dead jobs kept at most; the oldest are forgotten. */
  readonly maxDead: number;
  /** When jobs give way to other work of this process; never, when not given. */
  readonly shedding?: Shedding | undefined;
}

/** A dead job with what is needed to let it begin anew. */
interface Buried {
  readonly job: DeadJob;
  readonly priority: JobPriority;
}

/** The tenant of jobs that a queue adds by itself. */
export const NO_TENANT = 'none';

/** A queue in the memory of this process: bounded, fair to tenants, and gone with the process. */
export class LocalQueue implements Queue {
  readonly backend = 'memory';
  readonly isShared = false;
  readonly #settings: LocalQueueSettings;
  readonly #jobs = new Map<string, LocalJob>();
  readonly #line = new FairLine<LocalJob>();
  readonly #timers = new Map<string, Timer>();
  readonly #repeats = new Map<string, Timer>();
  readonly #dead = new Map<string, Buried>();
  readonly #consumers = new Set<LocalConsumer>();
  #isPaused = false;
  readonly #waiters = new Set<() => void>();
  readonly #holdBack: HoldBack | null;
  #closing: Promise<void> | null = null;

  constructor(settings: LocalQueueSettings) {
    this.#settings = settings;
    const { shedding, clock } = settings;
    const host = { clock, wake: () => this.#startNext() };
    this.#holdBack = shedding === undefined ? null : new HoldBack(shedding, host);
  }

  /** See {@link Queue.enqueue}. */
  async enqueue(job: NewJob): Promise<Enqueued> {
    this.#assertOpen();
    const parsed = parseNewJob(job);
    if (this.#jobs.has(parsed.id)) return 'known';
    if (this.#line.size + this.#timers.size >= this.#settings.maxWaiting) return 'full';
    this.#dead.delete(parsed.id);
    this.#add(parsed);
    return 'added';
  }

  /** See {@link Queue.consume}. */
  consume(options: ConsumeOptions): Consumer {
    this.#assertOpen();
    const consumer: LocalConsumer = new LocalConsumer(parseConsumeOptions(options), {
      clock: this.#settings.clock,
      attempts: this.#settings.retries.attempts,
      wake: () => this.#startNext(),
      end: (job, outcome) => this.#end(job, outcome),
      left: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    this.#startNext();
    return consumer;
  }

  /** See {@link Queue.repeat}. */
  async repeat(params: {
    readonly id: string;
    readonly kind: string;
    readonly everyMs: number;
  }): Promise<void> {
    this.#assertOpen();
    const { id, kind, everyMs } = parseRepeatOptions(params);
    const job = parseNewJob({ id, kind, tenant: NO_TENANT, payload: {} });
    const arm = (): void => {
      const again = (): void => {
        if (!this.#jobs.has(id)) this.#add(job);
        arm();
      };
      const timer = this.#settings.clock.setTimer(everyMs, again, { isBackground: true });
      this.#repeats.set(id, timer);
    };
    this.#repeats.get(id)?.cancel();
    arm();
  }

  /** See {@link Queue.pause}. */
  async pause(): Promise<void> {
    this.#assertOpen();
    this.#isPaused = true;
  }

  /** See {@link Queue.resume}. */
  async resume(): Promise<void> {
    this.#assertOpen();
    this.#isPaused = false;
    this.#startNext();
  }

  /** See {@link Queue.drain}. */
  async drain(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#assertOpen();
    const { signal } = parseDrainOptions(options);
    signal?.throwIfAborted();
    if (this.#jobs.size === 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        unwatch();
        this.#waiters.delete(end);
        resolve();
      };
      const unwatch = onAbort(signal, end);
      this.#waiters.add(end);
      // Somebody waits for what may have been held back.
      this.#startNext();
    });
    signal?.throwIfAborted();
  }

  /** See {@link Queue.cancel}. */
  async cancel(id: string): Promise<boolean> {
    this.#assertOpen();
    const job = this.#jobs.get(id);
    if (job === undefined) return false;
    this.#forget(job);
    job.stop?.abort();
    return true;
  }

  /** See {@link Queue.deadJobs}. */
  async deadJobs(params: { readonly limit: number }): Promise<readonly DeadJob[]> {
    this.#assertOpen();
    const { limit } = parseDeadJobsOptions(params);
    return [...this.#dead.values()]
      .toReversed()
      .slice(0, limit)
      .map(({ job }) => job);
  }

  /** See {@link Queue.revive}. */
  async revive(id: string): Promise<boolean> {
    this.#assertOpen();
    const dead = this.#dead.get(id);
    if (dead === undefined) return false;
    this.#dead.delete(id);
    const { kind, tenant, payload } = dead.job;
    const { priority } = dead;
    if (!this.#jobs.has(id)) this.#add(parseNewJob({ id, kind, tenant, payload, priority }));
    return true;
  }

  /** See {@link Queue.figures}. */
  async figures(): Promise<QueueFigures> {
    this.#assertOpen();
    let oldestMs = Infinity;
    for (const job of this.#line) if (job.attempt === 0) oldestMs = Math.min(oldestMs, job.sinceMs);
    const waiting = this.#line.size;
    const delayed = this.#timers.size;
    return {
      waiting,
      delayed,
      running: this.#jobs.size - waiting - delayed,
      dead: this.#dead.size,
      oldestAgeMs: oldestMs === Infinity ? null : this.#settings.clock.nowMs() - oldestMs,
    };
  }

  /** See {@link Queue.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#holdBack?.stop();
    for (const timer of [...this.#timers.values(), ...this.#repeats.values()]) timer.cancel();
    for (const job of this.#jobs.values()) if (job.stop === null) this.#forget(job);
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    // Those that were running are nobody's any more.
    for (const job of this.#jobs.values()) this.#forget(job);
    this.#wakeWaiters();
  }

  #assertOpen(): void {
    if (this.#closing === null) return;
    throw new SessionManagerError('The queue was closed', { code: 'CLOSED' });
  }

  #add(parsed: ParsedJob): void {
    const job: LocalJob = {
      ...parsed,
      attempt: 0,
      sinceMs: this.#settings.clock.nowMs(),
      stop: null,
    };
    this.#jobs.set(job.id, job);
    this.#queueUp(job, parsed.notBeforeMs - job.sinceMs);
  }

  #queueUp(job: LocalJob, delayMs: number): void {
    const join = (): void => {
      this.#timers.delete(job.id);
      this.#line.add(job);
      this.#startNext();
    };
    if (delayMs <= 0) join();
    else this.#timers.set(job.id, this.#settings.clock.setTimer(delayMs, join));
  }

  #startNext(): void {
    if (this.#isPaused || this.#closing !== null) return;
    for (const consumer of this.#consumers) {
      while (consumer.canStart()) {
        const job = this.#nextJob();
        if (job === null) return;
        consumer.start(job);
      }
    }
  }

  #nextJob(): LocalJob | null {
    if (this.#line.size === 0) return null;
    const holdBack = this.#waiters.size === 0 ? this.#holdBack : null;
    return holdBack?.isHolding() === true ? this.#overdueJob(holdBack) : this.#line.next();
  }

  /** Jobs are known in the order in which they were asked for, so that the search ends with the first one that is not overdue. */
  #overdueJob(holdBack: HoldBack): LocalJob | null {
    for (const job of this.#jobs.values()) {
      if (!holdBack.isOverdue(job)) return null;
      if (job.stop !== null || this.#timers.has(job.id)) continue;
      this.#line.remove(job);
      return job;
    }
    return null;
  }

  /** What a job that is not there any more came to is nobody's business: it was cancelled, or the queue closes. */
  #end(job: LocalJob, outcome: JobOutcome): void {
    const { clock, retries, random } = this.#settings;
    if (this.#jobs.get(job.id) === job && this.#closing === null) {
      const wasStopped = job.stop?.signal.aborted === true && outcome.kind !== 'done';
      job.stop = null;
      if (wasStopped) {
        // Its consumer went away; that says nothing about the job.
        job.attempt -= 1;
        this.#queueUp(job, 0);
        return;
      }
      const isLast = outcome.kind === 'hopeless' || job.attempt >= retries.attempts;
      if (outcome.kind === 'failed' && !isLast) {
        const { afterMs } = outcome;
        this.#queueUp(job, retryPauseMs(retries, { attempt: job.attempt, afterMs }, random()));
      } else {
        this.#forget(job);
        if (outcome.kind !== 'done')
          this.#bury(job, { reason: outcome.reason, diedAtMs: clock.nowMs() });
      }
    }
    this.#startNext();
  }

  #bury(job: LocalJob, how: { readonly reason: string; readonly diedAtMs: number }): void {
    const { id, kind, tenant, payload, priority, attempt: attempts } = job;
    this.#dead.set(id, { job: { id, kind, tenant, payload, attempts, ...how }, priority });
    const [oldest] = this.#dead.keys();
    if (this.#dead.size > this.#settings.maxDead && oldest !== undefined) this.#dead.delete(oldest);
  }

  #forget(job: LocalJob): void {
    this.#jobs.delete(job.id);
    this.#line.remove(job);
    this.#timers.get(job.id)?.cancel();
    this.#timers.delete(job.id);
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    if (this.#jobs.size > 0 && this.#closing === null) return;
    for (const end of this.#waiters) end();
  }
}
