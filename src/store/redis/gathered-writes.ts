import type { Writable } from 'node:stream';
import type { RedisClient } from './redis-client.ts';

/**
 * Holds back what a client sends until the present turn of the event loop has sent all it has: a write to a socket costs as much as
 * the work that it asks for, and several commands in one cost what one does. A cluster, which has many sockets, is left alone.
 */
export class GatheredWrites {
  readonly #client: RedisClient;
  #held: Writable | null = null;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  /** Holds back what is sent from now on, for this turn. */
  hold(): void {
    if (this.#held !== null || !('stream' in this.#client)) return;
    const { stream } = this.#client;
    // Before the first connection there is none.
    if (stream === undefined || stream === null) return;
    this.#held = stream;
    stream.cork();
    // It comes after every microtask of this turn.
    process.nextTick(() => {
      this.#held = null;
      stream.uncork();
    });
  }
}
