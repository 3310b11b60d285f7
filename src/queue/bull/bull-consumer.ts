import type { DelayedError, Job as BullJob, UnrecoverableError, Worker } from 'bullmq';
import type { Clock, Timer } from '../../domain/clock.ts';
import { onAbort } from '../../domain/on-abort.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { failureLabel } from '../failure-label.ts';
import { type JobOutcome, toOutcome } from '../job.ts';
import type { ConsumeOptions, Consumer } from '../queue.ts';
import { type RetryPolicy, retryPauseMs } from '../retry-policy.ts';
import { BeginNotes } from './begin-notes.ts';
import { closeBullClient, isAnswering } from './bull-client.ts';
import { idOf, toJob } from './bull-job.ts';
import type { BullKeys } from './bull-keys.ts';

/** What of BullMQ says how a try ended; it is loaded with the first consumer. */
interface BullErrors {
  readonly DelayedError: typeof DelayedError;
  readonly UnrecoverableError: typeof UnrecoverableError;
}

/** What a consumer is made with. */
export interface BullConsumerSettings {
  readonly keys: BullKeys;
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retries: RetryPolicy;
  /** A job whose process has not been heard of for so long is given to another one. */
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  /** A server that answers nothing for so long is not waited for any more. */
  readonly callTimeoutMs: number;
  /** Is told of what fails while nobody waits. */
  readonly onError: (error: unknown) => void;
  /** A connection that waits for as long as it takes. */
  connect(): Promise<RedisClient>;
  left(): void;
}

/** How often processes may die over one job before it counts as dead. */
const MAX_STALLED = 3;
/** How soon a consumer that leaves notices that its server is away. */
const AWAY_CHECK_MS = 1000;
/** How soon a job that runs hears that it was cancelled elsewhere; one that fails sooner hears it before it is tried again. */
const CANCEL_CHECK_MS = 500;

/** A try that failed, with what its handler said. */
class FailedTry extends Error {
  readonly afterMs: number | undefined;

  constructor(outcome: Extract<JobOutcome, { kind: 'failed' }>) {
    super(outcome.reason);
    this.afterMs = outcome.afterMs;
  }
}

interface Running {
  readonly stop: AbortController;
  /** Why it was told to stop; null while it was not. */
  reason: 'cancelled' | 'closing' | null;
}

/** Takes jobs out of a queue of BullMQ; the jobs run in this process. */
export class BullConsumer implements Consumer {
  readonly #options: ConsumeOptions;
  readonly #settings: BullConsumerSettings;
  readonly #running = new Map<string, Running>();
  /** Handlers that have not come back. */
  #handling = 0;
  readonly #started: Promise<void>;
  #client: RedisClient | null = null;
  #worker: Worker | null = null;
  #notes: BeginNotes | null = null;
  #check: Timer | null = null;
  #closing: Promise<void> | null = null;
  #isStopping = false;
  readonly #unwatch: () => void;

  constructor(options: ConsumeOptions, settings: BullConsumerSettings) {
    this.#options = options;
    this.#settings = settings;
    // Whoever consumes does not wait for the connection; what fails is told.
    this.#started = this.#start().catch(settings.onError);
    this.#unwatch = onAbort(options.signal, () => void this.stop());
    if (options.signal?.aborted === true) void this.stop();
  }

  /** See {@link Consumer.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#leave();
    return this.#closing;
  }

  /** As `close`, and tells what runs to stop; other consumers go on with it. */
  stop(): Promise<void> {
    this.#isStopping = true;
    const closed = this.close();
    for (const running of this.#running.values()) stopFor(running, 'closing');
    return closed;
  }

  /** Tells a job to stop at once, if it runs here. */
  cancel(id: string): void {
    const running = this.#running.get(id);
    if (running !== undefined) stopFor(running, 'cancelled');
  }

  async #start(): Promise<void> {
    const { keys, name, lockMs, stalledCheckMs, retries, random, onError } = this.#settings;
    const bullmq = await import('bullmq');
    const client = await this.#settings.connect();
    this.#client = client;
    this.#notes = new BeginNotes(client, keys, onError);
    if (this.#closing !== null) return;
    const { concurrency, rateLimit } = this.#options;
    const worker = new bullmq.Worker(name, (job, token) => this.#process(job, token, bullmq), {
      connection: client,
      prefix: keys.prefix,
      concurrency,
      skipVersionCheck: true,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: MAX_STALLED,
      ...(rateLimit === undefined
        ? {}
        : { limiter: { max: rateLimit.max, duration: rateLimit.perMs } }),
      settings: {
        backoffStrategy: (attempt, _type, error) => {
          const afterMs = error instanceof FailedTry ? error.afterMs : undefined;
          return retryPauseMs(retries, { attempt, afterMs }, random());
        },
      },
    });
    worker.on('error', onError);
    this.#worker = worker;
  }

  /** Waits for what runs, and then until the server was told what came of it, unless it is away: that would have no end. */
  async #closeWorker(): Promise<void> {
    const client = this.#client;
    if (this.#worker === null || client === null) return;
    const closed = this.#worker.close();
    let endWatch: () => void = () => undefined;
    const isGivenUp = new Promise<void>((resolve) => {
      endWatch = this.#whenAway(client, resolve);
    });
    try {
      await Promise.race([closed, isGivenUp]);
    } finally {
      endWatch();
    }
  }

  /**
   * Calls back once nothing runs and the server is away, or answers nothing: until then it may come back, and hear what came of a job. What
   * is returned ends the watch.
   */
  #whenAway(client: RedisClient, callBack: () => void): () => void {
    const { clock, callTimeoutMs: limitMs } = this.#settings;
    let timer: Timer | null = null;
    let isOver = false;
    const lookLater = (): void => {
      if (!isOver) timer = clock.setTimer(AWAY_CHECK_MS, () => void look());
    };
    const look = async (): Promise<void> => {
      if (this.#handling > 0 || (await isAnswering(client, { clock, limitMs }))) return lookLater();
      if (isOver) return;
      // The connection is cut here, as its goodbye would not be answered either.
      client.disconnect();
      callBack();
    };
    lookLater();
    return () => {
      isOver = true;
      timer?.cancel();
    };
  }

  async #leave(): Promise<void> {
    await this.#started;
    await this.#closeWorker();
    this.#check?.cancel();
    this.#notes?.flush();
    if (this.#client !== null) await closeBullClient(this.#client, this.#settings.clock);
    // Until now, what runs could still be told to stop.
    this.#unwatch();
    this.#settings.left();
  }

  async #process(job: BullJob, token: string | undefined, bullmq: BullErrors): Promise<void> {
    // It was on its way when this consumer was told to stop.
    if (this.#isStopping) return this.#giveBack(job, token, bullmq);
    const id = idOf(job);
    const running: Running = { stop: new AbortController(), reason: null };
    this.#running.set(id, running);
    this.#notes?.add(id, job.priority);
    this.#checkLater();
    const outcome = await this.#attempt(job, running.stop.signal);
    if (outcome.kind === 'failed') await this.#findCancelled().catch(this.#settings.onError);
    this.#running.delete(id);
    if (outcome.kind === 'done' || running.reason === 'cancelled') return;
    if (running.reason === 'closing') return this.#giveBack(job, token, bullmq);
    if (outcome.kind === 'hopeless') throw new bullmq.UnrecoverableError(outcome.reason);
    throw new FailedTry(outcome);
  }

  /** Stopping says nothing about a job, so no try is counted, and others go on with it. */
  async #giveBack(job: BullJob, token: string | undefined, bullmq: BullErrors): Promise<never> {
    await job.moveToDelayed(this.#settings.clock.nowMs(), token);
    throw new bullmq.DelayedError();
  }

  async #attempt(job: BullJob, signal: AbortSignal): Promise<JobOutcome> {
    this.#handling += 1;
    try {
      return toOutcome(await this.#options.handle(toJob(job), { signal }));
    } catch (error) {
      return { kind: 'failed', reason: failureLabel(error) };
    } finally {
      this.#handling -= 1;
    }
  }

  #checkLater(): void {
    if (this.#check !== null || this.#running.size === 0) return;
    const check = (): void => {
      this.#findCancelled()
        .catch(this.#settings.onError)
        .finally(() => {
          this.#check = null;
          this.#checkLater();
        });
    };
    this.#check = this.#settings.clock.setTimer(CANCEL_CHECK_MS, check, { isBackground: true });
  }

  async #findCancelled(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    for (const id of await client.zrange(this.#settings.keys.cancelled, '0', '-1')) this.cancel(id);
  }
}

function stopFor(running: Running, reason: 'cancelled' | 'closing'): void {
  running.reason ??= reason;
  running.stop.abort();
}
