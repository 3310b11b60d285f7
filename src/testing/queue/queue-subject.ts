import type { Job, JobOutcome, NewJob, Queue } from '../../queue/queue.ts';
import type { RetryPolicy } from '../../queue/retry-policy.ts';
import { onAbort } from '../../domain/on-abort.ts';

/** A queue under test as its maker hands it over. */
export interface QueueHarness {
  readonly queue: Queue;
  /** Lets time pass for the queue. */
  readonly wait: (ms: number) => Promise<void>;
  /** The time that the queue goes by. */
  readonly nowMs: () => number;
  /** For a shared queue: another way into it, as another process has one. */
  readonly join?: () => Queue;
  /** Releases what the queue does not close itself. */
  readonly close?: () => Promise<void>;
}

/** What the queues under test are set up with. */
export interface QueueTestSettings {
  readonly retries: RetryPolicy;
  readonly random: () => number;
  readonly maxWaiting: number;
  readonly maxDead: number;
}

/** Makes an empty queue. */
export type CreateQueue = (settings: QueueTestSettings) => Promise<QueueHarness> | QueueHarness;

/** What one test of the suite works on. */
export interface QueueSubject {
  readonly queue: Queue;
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  /** Another way into the queue: of another process where it is shared, the same one where it is not. */
  readonly join: () => Queue;
  /** Lets time pass until it is so. @throws Error when it does not come to be. */
  readonly until: (isSo: () => boolean | Promise<boolean>) => Promise<void>;
}

/** Tests by title; each gets an empty queue of its own. */
export type QueueCases = Readonly<Record<string, (subject: QueueSubject) => Promise<void>>>;

/** Long enough to be told from none, short enough to wait for. */
export const FIRST_PAUSE_MS = 100;
/** Tries that jobs of the suite have. */
export const ATTEMPTS = 3;
/** Jobs that fit into the queues of the suite. */
export const MAX_WAITING = 1500;

const SETTINGS: QueueTestSettings = {
  retries: {
    attempts: ATTEMPTS,
    firstPauseMs: FIRST_PAUSE_MS,
    longestPauseMs: 10_000,
    jitter: 0.5,
  },
  random: () => 0,
  maxWaiting: MAX_WAITING,
  maxDead: 50,
};

const STEP_MS = 20;
const MAX_STEPS = 1000;

/** A job with everything it needs. */
export function aJob(name: string, changes: Partial<NewJob> = {}): NewJob {
  return { id: `test__${name}`, kind: 'count', tenant: 't', payload: { ref: name }, ...changes };
}

/** A handler that keeps what it was given, in order. */
export function aRecorder(answer: (job: Job) => JobOutcome = () => ({ kind: 'done' })): {
  readonly seen: Job[];
  readonly handle: (job: Job) => Promise<JobOutcome>;
} {
  const seen: Job[] = [];
  const handle = async (job: Job): Promise<JobOutcome> => {
    seen.push(job);
    return answer(job);
  };
  return { seen, handle };
}

/** Resolves when told to stop. */
export function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else onAbort(signal, resolve);
  });
}

/** Runs a test on a fresh queue and closes what was opened, whatever comes of it. */
export async function withQueue(
  create: CreateQueue,
  run: (subject: QueueSubject) => Promise<void>,
): Promise<void> {
  const harness = await create(SETTINGS);
  const { queue, wait, nowMs } = harness;
  const opened = [queue];
  const join = (): Queue => {
    if (harness.join === undefined) return queue;
    const joined = harness.join();
    opened.push(joined);
    return joined;
  };
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      // In order: time passes between two looks.
      if (await isSo()) return;
      await wait(STEP_MS);
    }
    throw new Error('what was waited for did not come to be');
  };
  try {
    await run({ queue, wait, nowMs, join, until });
  } finally {
    await Promise.all(opened.map((one) => one.close()));
    await harness.close?.();
  }
}
