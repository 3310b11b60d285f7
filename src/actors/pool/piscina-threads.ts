import type { TransferListItem } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { THREAD_FILE } from '../thread-file.ts';
import type { Threads, ThreadsOptions } from './threads.ts';
import { ThreadExit } from './worker-end.ts';

/** Threads of one Piscina, which is loaded with the first of them: most processes never need it. */
export function piscinaThreads(options: ThreadsOptions): Threads {
  const opening = openPool(options);
  // Told to whoever runs something; nobody else waits for it.
  opening.catch(() => undefined);
  let isClosed = false;
  return {
    run: async (task, { signal, transferList, onFailedThread }) => {
      const pool = await opening;
      // One that begins now would be ended by nobody.
      if (isClosed) throw new Error('The threads are closed');
      // What is transferred is a port, which a task gives away for good.
      const transferred = transferList as readonly TransferListItem[];
      // Told only of a thread that had no task: those that wait for one would wait in vain.
      const onError = (error: unknown): void => {
        if (pool.queueSize > 0) onFailedThread(error);
      };
      pool.on('error', onError);
      try {
        const run = { filename: THREAD_FILE, signal, transferList: [...transferred] };
        return await pool.run({ module: options.file, task }, run);
      } catch (error) {
        throw exitOf(error) ?? error;
      } finally {
        pool.off('error', onError);
      }
    },
    close: async () => {
      isClosed = true;
      // Whoever ran something has been told why there are no threads to end.
      const pool = await opening.catch(() => null);
      await pool?.destroy();
    },
  };
}

/** How Piscina says that a thread ended by itself. */
function exitOf(error: unknown): ThreadExit | null {
  const match =
    error instanceof Error ? /^worker exited with code: (-?\d+)$/.exec(error.message) : null;
  return match === null ? null : new ThreadExit(Number(match[1]));
}

async function openPool({ count, heapMb }: ThreadsOptions): Promise<Piscina> {
  const { Piscina: Pool } = await import('piscina');
  const pool = new Pool({
    // It would begin another one in place of each that ends, also when all are to end and after they have.
    minThreads: 0,
    maxThreads: count,
    // Anything else would take idle threads away, and with them what their sessions know.
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    // The default parks a thread between tasks, where its timers and connections stand still.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  // A thread that ends without a task has nobody to tell, unless a task waits; one with a task rejects that.
  pool.setMaxListeners(count + 1);
  pool.on('error', () => undefined);
  return pool;
}
