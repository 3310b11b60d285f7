import type { Writable } from 'node:stream';
import type { RedisClient } from './redis-client.ts';

/**
 * Holds back what a client sends until all that is about to be sent in the same moment has been: a write to a socket costs as much as
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
    // Called from a promise, as mostly, it runs when no promise is left to settle; called from elsewhere, before they do.
    process.nextTick(() => {
      this.#held = null;
      stream.uncork();
    });
  }
}
