import { StorageError } from '../../domain/errors.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';

const TOO_MANY = 'too many calls wait for an answer';
const TOO_LATE = 'no answer in time';

/**
 * Lets calls through to a client while it is connected. The client itself would keep what is sent meanwhile, without a bound and
 * after whoever sent it has given up; what waits here is forgotten when it is given up.
 */
export class CallGate {
  readonly #client: RedisClient;
  readonly #maxUnanswered: number;
  readonly #waiting = new Set<() => void>();
  #unanswered = 0;

  constructor(client: RedisClient, maxUnanswered: number) {
    this.#client = client;
    this.#maxUnanswered = maxUnanswered;
    client.on('ready', () => {
      for (const enter of this.#waiting) enter();
      this.#waiting.clear();
    });
  }

  /**
   * Runs a call once the client is connected, unless the signal has aborted by then.
   * @throws UNKNOWN_OUTCOME when it was not let through
   */
  async pass<T>(
    operation: string,
    run: () => Promise<T>,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<T> {
    if (this.#waiting.size >= this.#maxUnanswered) throw noAnswer(operation, TOO_MANY);
    if (this.#client.status !== 'ready') await this.#whenReady(signal);
    if (signal.aborted) throw noAnswer(operation, TOO_LATE);
    // Those that were given up count too: a server that is there and does not answer leaves them in the client.
    if (this.#unanswered >= this.#maxUnanswered) throw noAnswer(operation, TOO_MANY);
    this.#unanswered += 1;
    try {
      return await run();
    } finally {
      this.#unanswered -= 1;
    }
  }

  #whenReady(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const enter = (): void => {
        this.#waiting.delete(enter);
        resolve();
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', enter, { once: true });
    });
  }
}

/** Says that nobody knows whether a call took place, in no words of a client, which may quote what was sent. */
export function noAnswer(operation: string, reason: string = TOO_LATE): StorageError {
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation,
    backend: 'bullmq',
    message: `The queue in Redis did not say whether ${operation} took place: ${reason}`,
  });
}
