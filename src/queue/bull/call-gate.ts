import { StorageError } from '../../domain/errors.ts';
import { onAbort } from '../../domain/on-abort.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';

/**
 * Lets calls through to a client while it is connected. The client itself would keep what is sent meanwhile, without a bound and
 * after whoever sent it has given up; what waits here is forgotten when it is given up.
 */
export class CallGate {
  readonly #client: RedisClient;
  readonly #place: string;
  readonly #maxUnanswered: number;
  readonly #waiting = new Set<() => void>();
  #unanswered = 0;
  /** The code with which the server refused the connection; null when it did not, or is not there. */
  #refusal: string | null = null;

  /** `place` is what errors say of where the server is. */
  constructor(
    client: RedisClient,
    { place, maxUnanswered }: { readonly place: string; readonly maxUnanswered: number },
  ) {
    this.#client = client;
    this.#place = place;
    this.#maxUnanswered = maxUnanswered;
    client.on('error', (error: unknown) => {
      this.#refusal = refusalOf(error);
    });
    client.on('ready', () => {
      this.#refusal = null;
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
    if (this.#waiting.size >= this.#maxUnanswered) throw this.#tooMany(operation);
    if (this.#client.status !== 'ready') await this.#whenReady(signal);
    if (signal.aborted) throw notConnected(operation, this.#place, this.#refusal);
    // Those that were given up count too: a server that is there and does not answer leaves them in the client.
    if (this.#unanswered >= this.#maxUnanswered) throw this.#tooMany(operation);
    this.#unanswered += 1;
    try {
      return await run();
    } finally {
      this.#unanswered -= 1;
    }
  }

  #tooMany(operation: string): StorageError {
    const left = 'leaves too many calls of the queue without an answer';
    return unknownOutcome(
      operation,
      `Redis at ${this.#place} ${left} to make another, ${operation}`,
    );
  }

  #whenReady(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const enter = (): void => {
        this.#waiting.delete(enter);
        unwatch();
        resolve();
      };
      const unwatch = onAbort(signal, enter);
      this.#waiting.add(enter);
    });
  }
}

/**
 * The error of a call that is not let through, since nothing answers there or it wants somebody else: `refusal` is the code with
 * which it said so.
 */
export function notConnected(
  operation: string,
  place: string,
  refusal: string | null = null,
): StorageError {
  const why = refusal === null ? 'does not answer' : `does not take the connection (${refusal})`;
  const message = `Redis at ${place} ${why}, so the queue cannot be used for ${operation}`;
  return unknownOutcome(operation, message);
}

/** The error of a call that was let through, and whose queue closed before its answer came. */
export function closedMeanwhile(operation: string, place: string): StorageError {
  const message = `The queue closed before Redis at ${place} answered what it asked of it, ${operation}`;
  return unknownOutcome(operation, message);
}

/** The error of a call that was let through and not answered in time. */
export function noAnswer(operation: string, place: string): StorageError {
  const message = `Redis at ${place} did not answer in time what the queue asked of it, ${operation}`;
  return unknownOutcome(operation, message);
}

/** The error of a call that failed; `label` says how, in no words of a client, which may quote what was sent. */
export function failedCall(operation: string, place: string, label: string): StorageError {
  const message = `Redis at ${place} failed in what the queue asked of it, ${operation}: ${label}`;
  return unknownOutcome(operation, message);
}

function unknownOutcome(operation: string, message: string): StorageError {
  return new StorageError({ code: 'UNKNOWN_OUTCOME', operation, backend: 'bullmq', message });
}

/** The word in capitals that a server begins a refusal with; the others may repeat what it was sent. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null;
  return /^-?([A-Z]{2,20})\b/.exec(error.message)?.[1] ?? 'ERR';
}
