import type { Clock, Timer } from '../domain/clock.ts';
import type { JsonObject } from '../domain/json.ts';
import { onAbort } from '../domain/on-abort.ts';
import { failureLabel } from './failure-label.ts';
import { type JobOutcome, type JobPriority, toOutcome } from './job.ts';
import type { ConsumeOptions, Consumer } from './queue.ts';

/** A job of a queue in memory, and where it has got to. */
export interface LocalJob {
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly payload: JsonObject;
  readonly priority: JobPriority;
  readonly sinceMs: number;
  /** Tries begun so far. */
  attempt: number;
  /** Tells the try that runs to stop; null while none runs. */
  stop: AbortController | null;
}

/** What a consumer needs of its queue. */
export interface LocalConsumerHost {
  readonly clock: Clock;
  /** Tries that a job has. */
  readonly attempts: number;
  /** There is room for another job. */
  wake(): void;
  end(job: LocalJob, outcome: JobOutcome): void;
  /** No more jobs are taken. */
  left(): void;
}

/** Runs jobs of a queue in memory, a bounded number at once. */
export class LocalConsumer implements Consumer {
  readonly #options: ConsumeOptions;
  readonly #host: LocalConsumerHost;
  readonly #running = new Map<LocalJob, Promise<void>>();
  #startedInWindow = 0;
  #window: Timer | null = null;
  #closing: Promise<void> | null = null;
  readonly #unwatch: () => void;

  constructor(options: ConsumeOptions, host: LocalConsumerHost) {
    this.#options = options;
    this.#host = host;
    this.#unwatch = onAbort(options.signal, () => void this.stop());
    if (options.signal?.aborted === true) void this.stop();
  }

  /** Whether another job may begin now. */
  canStart(): boolean {
    const { concurrency, rateLimit } = this.#options;
    if (this.#closing !== null || this.#running.size >= concurrency) return false;
    return rateLimit === undefined || this.#startedInWindow < rateLimit.max;
  }

  /** Begins a try. */
  start(job: LocalJob): void {
    this.#openWindow();
    this.#startedInWindow += 1;
    job.attempt += 1;
    job.stop = new AbortController();
    this.#running.set(job, this.#run(job, job.stop.signal));
  }

  /** See {@link Consumer.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  /** As `close`, and tells what runs to stop. */
  stop(): Promise<void> {
    const closed = this.close();
    for (const job of this.#running.keys()) job.stop?.abort();
    return closed;
  }

  async #leave(): Promise<void> {
    this.#window?.cancel();
    this.#host.left();
    await Promise.all(this.#running.values());
    // Until now, what runs could still be told to stop.
    this.#unwatch();
  }

  async #run(job: LocalJob, signal: AbortSignal): Promise<void> {
    const outcome = await this.#attempt(job, signal);
    this.#running.delete(job);
    this.#host.end(job, outcome);
  }

  async #attempt(local: LocalJob, signal: AbortSignal): Promise<JobOutcome> {
    const { id, kind, tenant, payload, attempt } = local;
    const { attempts } = this.#host;
    try {
      const job = { id, kind, tenant, payload, attempt, attempts };
      return toOutcome(await this.#options.handle(job, { signal }));
    } catch (error) {
      return { kind: 'failed', reason: failureLabel(error) };
    }
  }

  #openWindow(): void {
    const { rateLimit } = this.#options;
    if (rateLimit === undefined || this.#window !== null) return;
    const reopen = (): void => {
      this.#window = null;
      this.#startedInWindow = 0;
      this.#host.wake();
    };
    this.#window = this.#host.clock.setTimer(rateLimit.perMs, reopen, { isBackground: true });
  }
}
