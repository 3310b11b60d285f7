import { availableParallelism } from 'node:os';

/** Fewer cores have none to spare for a thread more. */
const MIN_CORES = 4;
/** The main thread and what else runs on the machine. */
const OTHER_CORES = 2;
const MAX_AUTO_WORKERS = 8;

/**
 * How many workers pay. Measured: with a store in this process and many callers, a call in a worker costs the main thread what one
 * without costs, and all threads together three times as much, so that workers are only worth it where the store has a client of
 * its own in each of them.
 */
export function workerCount(
  wanted: number | 'auto',
  load: { readonly isRedis: boolean },
  cores: number = availableParallelism(),
): number {
  if (wanted !== 'auto') return wanted;
  if (cores < MIN_CORES || !load.isRedis) return 0;
  return Math.min(cores - OTHER_CORES, MAX_AUTO_WORKERS);
}
