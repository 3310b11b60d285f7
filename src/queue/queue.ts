import type { DeadJob, JobHandler, NewJob } from './job.ts';

export type * from './job.ts';

/** What became of a job that was offered: `known` while one with its id waits or runs, `full` where there is no room. */
export type Enqueued = 'added' | 'known' | 'full';

/** What a queue holds, in jobs; of a shared one that of all processes. */
export interface QueueFigures {
  /** Could begin now. */
  readonly waiting: number;
  /** Wait for their time, or for their next try. */
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
  /** How long the oldest job that waits and was never begun has waited; null when there is none. */
  readonly oldestAgeMs: number | null;
}

/** How jobs are taken. */
export interface ConsumeOptions {
  readonly handle: JobHandler;
  /** Jobs at once at most. */
  readonly concurrency: number;
  /** At most `max` jobs begin in `perMs`, over all consumers of a shared queue. */
  readonly rateLimit?: { readonly max: number; readonly perMs: number } | undefined;
  /** Ends the consumer as its `close` does, and tells what runs to stop. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes jobs until it is closed. */
export interface Consumer {
  /** Takes no more jobs and waits for what runs; the second call returns the first one's promise. */
  close(): Promise<void>;
}

/**
 * Where background jobs wait. Every job is done at least once or ends among the dead, so doing it twice must do no harm. A job
 * whose process dies is done by another one. Methods of a shared queue reject with UNKNOWN_OUTCOME when its server cannot be
 * reached, and may be repeated.
 */
export interface Queue {
  readonly backend: string;
  /** Whether other processes take jobs out of it too. */
  readonly isShared: boolean;
  /** @throws INVALID_INPUT naming the field of the job. */
  enqueue(job: NewJob): Promise<Enqueued>;
  /** Begins to take jobs. */
  consume(options: ConsumeOptions): Consumer;
  /** Adds a job of this kind every so often; once for all processes of a shared queue, however many ask for it. */
  repeat(params: {
    readonly id: string;
    readonly kind: string;
    readonly everyMs: number;
  }): Promise<void>;
  /** No job begins from now on, in any process. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves once no job is left that waits or runs, next tries included. Never while the queue is paused and holds one. */
  drain(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Takes a job out; one that runs is told to stop and counts as never asked for. False when there is none with this id. */
  cancel(id: string): Promise<boolean>;
  /** Jobs that died, latest first, `limit` at most. */
  deadJobs(params: { readonly limit: number }): Promise<readonly DeadJob[]>;
  /** Lets a dead job begin anew, with all its tries. False when there is none with this id. */
  revive(id: string): Promise<boolean>;
  figures(): Promise<QueueFigures>;
  /**
   * Takes no more jobs, tells those that run here to stop, and waits for them; a shared queue keeps them and what waits. The
   * second call returns the first one's promise; afterwards every other method rejects with CLOSED, and so does a call of before that
   * a shared queue has not sent to its server.
   */
  close(): Promise<void>;
}
