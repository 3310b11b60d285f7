import type { Queue as BullMqQueue } from 'bullmq';
import type { Clock } from '../../domain/clock.ts';
import { onAbort } from '../../domain/on-abort.ts';
import { placeOf } from '../../store/redis/redis-address.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { parseNewJob } from '../job.ts';
import {
  parseConsumeOptions,
  parseDeadJobsOptions,
  parseDrainOptions,
  parseRepeatOptions,
} from '../queue-options.ts';
import type {
  ConsumeOptions,
  Consumer,
  DeadJob,
  Enqueued,
  NewJob,
  Queue,
  QueueFigures,
} from '../queue.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import { type BullServer, closeBullClient, createBullClient, runScript } from './bull-client.ts';
import { BullConsumer } from './bull-consumer.ts';
import { toDeadJob, toJob } from './bull-job.ts';
import { BullKeys } from './bull-keys.ts';
import { CallGate } from './call-gate.ts';
import { JobAdder } from './job-adder.ts';
import { QueueCalls } from './queue-calls.ts';
import { OLDEST_JOB, STOP_JOB } from './scripts.generated.ts';

/** How a queue in Redis is set up. */
export interface BullQueueSettings {
  readonly server: BullServer;
  readonly namespace: string;
  /** Queues of different names have limits of their own. */
  readonly name: string;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly retries: RetryPolicy;
  readonly maxWaiting: number;
  readonly maxDead: number;
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  /** How long an answer of the server is waited for. */
  readonly callTimeoutMs: number;
  /** Calls under way at most, those that were given up without an answer included. */
  readonly maxUnanswered: number;
  /** Is told of what fails while nobody waits. */
  readonly onError: (error: unknown) => void;
}

/** Long enough for every process to have looked. */
const CANCEL_MEMORY_MS = 60_000;

const DRAIN_POLL_MS = 50;
/** Events that BullMQ keeps for those who watch; nobody here does. */
const MAX_EVENTS = 100;

interface Opened {
  readonly client: RedisClient;
  readonly queue: BullMqQueue;
  readonly adder: JobAdder;
  readonly gate: CallGate;
}

/** A queue in Redis that any number of processes share, over BullMQ. It connects at its first use. */
export class BullQueue implements Queue {
  readonly backend = 'bullmq';
  readonly isShared = true;
  readonly #settings: BullQueueSettings;
  readonly #keys: BullKeys;
  readonly #place: string;
  readonly #calls: QueueCalls;
  readonly #consumers = new Set<BullConsumer>();
  #opening: Promise<Opened> | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: BullQueueSettings) {
    this.#settings = settings;
    this.#keys = new BullKeys(settings.namespace, settings.name);
    this.#place = placeOf(settings.server.address);
    this.#calls = new QueueCalls({ ...settings, place: this.#place });
  }

  /** See {@link Queue.enqueue}. */
  async enqueue(job: NewJob): Promise<Enqueued> {
    const parsed = parseNewJob(job);
    return this.#call('enqueue', ({ adder }) => adder.add(parsed));
  }

  /** See {@link Queue.consume}. */
  consume(options: ConsumeOptions): Consumer {
    this.#calls.assertOpen();
    const consumer: BullConsumer = new BullConsumer(parseConsumeOptions(options), {
      ...this.#settings,
      keys: this.#keys,
      connect: () => createBullClient(this.#settings.server),
      left: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  /** See {@link Queue.repeat}. */
  async repeat(params: {
    readonly id: string;
    readonly kind: string;
    readonly everyMs: number;
  }): Promise<void> {
    const { id, kind, everyMs } = parseRepeatOptions(params);
    await this.#call('repeat', async ({ queue }) => {
      const opts = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
      await queue.upsertJobScheduler(id, { every: everyMs }, { name: kind, data: {}, opts });
    });
  }

  /** See {@link Queue.pause}. */
  async pause(): Promise<void> {
    await this.#call('pause', ({ queue }) => queue.pause());
  }

  /** See {@link Queue.resume}. */
  async resume(): Promise<void> {
    await this.#call('resume', ({ queue }) => queue.resume());
  }

  /** See {@link Queue.drain}. */
  async drain(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { signal } = parseDrainOptions(options);
    for (;;) {
      signal?.throwIfAborted();
      // In order: it is asked again after a while.
      const { waiting, delayed, running } = await this.figures();
      if (waiting + delayed + running === 0) return;
      await this.#pause(DRAIN_POLL_MS);
    }
  }

  /** See {@link Queue.cancel}. */
  async cancel(id: string): Promise<boolean> {
    return this.#call('cancel', async ({ client, queue }) => {
      const keys = [this.#keys.active, this.#keys.cancelled];
      const args = [id, String(this.#settings.clock.nowMs()), String(CANCEL_MEMORY_MS)];
      const stop = async (): Promise<boolean> => {
        const isRunning = (await runScript(client, { script: STOP_JOB, keys, args })) === 1;
        for (const consumer of this.#consumers) if (isRunning) consumer.cancel(id);
        return isRunning;
      };
      if (await stop()) return true;
      const state = await queue.getJobState(id);
      if (state === 'failed' || state === 'unknown') return false;
      // A job that began in between cannot be taken out, and is told to stop.
      if ((await queue.remove(id)) !== 1) return stop();
      // A job that waited for its first turn; while one is there, turns do not begin anew.
      await client.zrem(this.#keys.ages, id);
      return true;
    });
  }

  /** See {@link Queue.deadJobs}. */
  async deadJobs(params: { readonly limit: number }): Promise<readonly DeadJob[]> {
    const { limit } = parseDeadJobsOptions(params);
    return this.#call('deadJobs', async ({ queue }) => {
      // A range that ends before it begins is all of them to BullMQ.
      if (limit === 0) return [];
      const jobs = await queue.getJobs(['failed'], 0, limit - 1, false);
      return jobs.map(toDeadJob);
    });
  }

  /** See {@link Queue.revive}. */
  async revive(id: string): Promise<boolean> {
    return this.#call('revive', async ({ queue, adder }) => {
      const job = await queue.getJob(id);
      if (job === undefined || !(await job.isFailed())) return false;
      // Its old turn is long past: with it, a job would come before those of every other tenant.
      const turn = await adder.turnAnew(id, {
        tenant: toJob(job).tenant,
        formerTurn: job.priority,
      });
      if (turn === null) return false;
      await job.changePriority({ priority: turn });
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      return true;
    });
  }

  /** See {@link Queue.figures}. */
  async figures(): Promise<QueueFigures> {
    return this.#call('figures', async ({ client, queue }) => {
      const [counts, schedulers, sinceMs] = await Promise.all([
        queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'failed'),
        queue.getJobSchedulersCount(),
        runScript(client, {
          script: OLDEST_JOB,
          keys: [this.#keys.ages],
          args: [this.#keys.jobRoot],
        }),
      ]);
      const count = (name: string): number => counts[name] ?? 0;
      return {
        waiting: count('wait') + count('prioritized'),
        // What is to be repeated waits for its next time for ever.
        delayed: Math.max(0, count('delayed') - schedulers),
        running: count('active'),
        dead: count('failed'),
        oldestAgeMs:
          sinceMs === null ? null : Math.max(0, this.#settings.clock.nowMs() - Number(sinceMs)),
      };
    });
  }

  /** See {@link Queue.close}. */
  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    this.#calls.close();
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    // Where opening failed, whoever asked for it was told, and there is nothing to close.
    const opened = await this.#opening?.catch(() => null);
    if (opened === undefined || opened === null) return;
    await this.#calls.answered(opened.client);
    await opened.queue.close();
    await closeBullClient(opened.client, this.#settings.clock);
    this.#calls.abandon();
  }

  /** Waits, but not beyond the closing. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        timer.cancel();
        unwatch();
        resolve();
      };
      const timer = this.#settings.clock.setTimer(ms, go);
      const unwatch = onAbort(this.#calls.closing, go);
      if (this.#calls.closing.aborted) go();
    });
  }

  async #open(): Promise<Opened> {
    const { Queue: BullMq } = await import('bullmq');
    const client = await createBullClient(this.#settings.server);
    const queue = new BullMq(this.#settings.name, {
      connection: client,
      prefix: this.#keys.prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: MAX_EVENTS } },
    });
    queue.on('error', this.#settings.onError);
    const adder = new JobAdder({ client, queue }, this.#keys, this.#settings);
    const { maxUnanswered } = this.#settings;
    const gate = new CallGate(client, { place: this.#place, maxUnanswered });
    return { client, queue, adder, gate };
  }

  /** Runs a call that is repeated safely, and waits for it no longer than the time limit. */
  async #call<T>(operation: string, send: (opened: Opened) => Promise<T>): Promise<T> {
    this.#calls.assertOpen();
    this.#opening ??= this.#open();
    // Until BullMQ has told the client its scripts, it cannot be asked.
    const prepare = ({ queue }: Opened): Promise<unknown> => queue.waitUntilReady();
    return this.#calls.run({ operation, opened: this.#opening, prepare, send });
  }
}
