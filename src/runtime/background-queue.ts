import type { Queue } from '../queue/queue.ts';

/** A queue that other processes share, and what this process does with it. */
export interface BackgroundQueue {
  readonly queue: Queue;
  /** Whether it is closed with the runtime. */
  readonly isOwn: boolean;
  /** Whether jobs of everybody are done here too. */
  readonly isConsumer: boolean;
  /** Jobs at once at most. */
  readonly concurrency: number;
  /** Of all processes together. */
  readonly rateLimit: { readonly max: number; readonly perMs: number } | null;
}
