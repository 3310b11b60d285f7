import type { TransferListItem } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import type { Threads, ThreadsOptions } from './threads.ts';

/** Threads of one Piscina, which is loaded with the first of them: most processes never need it. */
export function piscinaThreads(options: ThreadsOptions): Threads {
  const opening = openPool(options);
  // Told to whoever runs something; nobody else waits for it.
  opening.catch(() => undefined);
  return {
    run: async (task, { signal, transferList }) => {
      const pool = await opening;
      // What is transferred is a port, which a task gives away for good.
      const transferred = transferList as readonly TransferListItem[];
      return pool.run(task, { filename: options.file, signal, transferList: [...transferred] });
    },
    close: async () => (await opening).destroy(),
  };
}

async function openPool({ count, heapMb }: ThreadsOptions): Promise<Piscina> {
  const { Piscina: Pool } = await import('piscina');
  const pool = new Pool({
    minThreads: count,
    maxThreads: count,
    // Anything else would take idle threads away, and with them what their sessions know.
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    // The default parks a thread between tasks, where its timers and connections stand still.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  // A thread that ends without a task has nobody to tell; one with a task rejects that.
  pool.on('error', () => undefined);
  return pool;
}
