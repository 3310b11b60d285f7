import { availableParallelism } from 'node:os';

/** Fewer cores have none to spare for a thread more. */
const MIN_CORES = 4;
/** The main thread and what else runs on the machine. */
const OTHER_CORES = 2;
const MAX_AUTO_WORKERS = 8;

/** How many workers a machine has cores for beside the main thread; 0 where it has none to spare. */
export function spareWorkers(cores: number = availableParallelism()): number {
  return cores < MIN_CORES ? 0 : Math.min(cores - OTHER_CORES, MAX_AUTO_WORKERS);
}

/**
 * With how many workers to begin. Measured: with a store in this process and many callers, a call in a worker costs the main thread
 * what one without costs, and all threads together three times as much, so that there workers are worth it only once turns turn out
 * to be dear. A Redis has a client of its own in each of them, and they pay at once.
 */
export function workerCount(
  wanted: number | 'auto',
  load: { readonly isRedis: boolean },
  cores?: number,
): number {
  if (wanted !== 'auto') return wanted;
  return load.isRedis ? spareWorkers(cores) : 0;
}
