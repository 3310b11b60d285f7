import { availableParallelism } from 'node:os';

/** Fewer cores have none to spare for a thread more. */
const MIN_CORES = 4;
/** The main thread and what else runs on the machine. */
const OTHER_CORES = 2;
const MAX_AUTO_WORKERS = 8;

/**
 * How many workers pay. Measured with batches of 64: handing a call over costs the main thread some microseconds, so workers are
 * worth it for calls that cost clearly more, such as those that count tokens exactly or go through a client of Redis.
 */
export function workerCount(
  wanted: number | 'auto',
  load: { readonly countsExactly: boolean; readonly isRedis: boolean },
  cores: number = availableParallelism(),
): number {
  if (wanted !== 'auto') return wanted;
  if (cores < MIN_CORES || !(load.countsExactly || load.isRedis)) return 0;
  return Math.min(cores - OTHER_CORES, MAX_AUTO_WORKERS);
}
