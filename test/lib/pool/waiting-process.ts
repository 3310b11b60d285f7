import { subscribe } from 'node:diagnostics_channel';
import workerThreads from 'node:worker_threads';
import { PagefoldError } from '../../../src/domain/errors.ts';
import { aNewSession, aRecordCommand } from '../commands.ts';
import { type DyingPool, type DyingPoolOptions, openDyingPool } from './dying-pool.ts';

// A process in which nothing but calls to a pool is under way, or not even these. Each line of its output is told by one of them.

const redisUrl = process.env['REDIS_URL'];
const namespace = process.env['REDIS_NAMESPACE'];
const REDIS: DyingPoolOptions =
  redisUrl === undefined || namespace === undefined
    ? {}
    : { redis: { redis: { url: redisUrl, namespace, durability: 'memory' } } };

/** Longer than a thread takes to begin. */
const PAUSE_MS = 1500;
const RESTART = {
  intensity: 1,
  windowMs: 60_000,
  firstPauseMs: 1,
  maxPauseMs: 1,
  restMs: PAUSE_MS,
};
const ABSENT = new URL('absent-worker.js', import.meta.url).href;

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  /** The only worker ends, and is started again after a pause, while calls wait. */
  ended: async () => {
    const restart = { ...RESTART, firstPauseMs: PAUSE_MS, maxPauseMs: PAUSE_MS };
    const pool = openDyingPool({ ...REDIS, pool: { restart } });
    await record(pool, 'first');
    pool.orders.give('exit');
    // Holding this thread up, so that it hears of nothing before the calls are made.
    while (!pool.orders.isTaken);
    await Promise.all(Array.from({ length: 20 }, (_, index) => record(pool, `s-${index}`)));
    await pool.close();
  },
  /** The only worker cannot start, and rests; then it is tried again, for nobody. */
  resting: async () => {
    const pool = openDyingPool({ ...REDIS, pool: { restart: RESTART }, file: ABSENT });
    await record(pool, 'refused');
    await new Promise<void>((resolve) => {
      subscribe('pagefold:worker-ended', () => resolve());
    });
    tell('tried again');
    await pool.close();
  },
  /** Threads end before they can take anything. */
  threadless: async () => {
    const { Worker } = workerThreads;
    class AbsentWorker extends Worker {
      constructor() {
        super(new URL(ABSENT));
      }
    }
    Object.defineProperty(workerThreads, 'Worker', { value: AbsentWorker });
    const pool = openDyingPool({ pool: { restart: RESTART } });
    await record(pool, 'refused');
    await pool.close();
  },
};

async function record({ executor }: DyingPool, sessionId: string): Promise<void> {
  const command = aRecordCommand({}, { create: aNewSession() });
  const told = await executor.execute({ key: { tenant: 't', sessionId }, command }).then(
    ({ kind }) => kind,
    (error: unknown) => (PagefoldError.isInstance(error) ? refusalText(error) : String(error)),
  );
  tell(told);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refusalText({ code, cause }: PagefoldError): string {
  const kind = cause instanceof Error ? /^Cannot find module/.exec(cause.message)?.[0] : undefined;
  return `${code}: ${kind ?? String(cause)}`;
}

await SCENARIOS[process.argv[2] ?? '']?.();
tell('closed');
