import { Overloaded } from '../../domain/errors.ts';

/** How much may wait for Redis at once, in this process. */
export interface PendingBounds {
  readonly maxPendingCalls: number;
  /** Characters of everything that is sent. */
  readonly maxPendingLength: number;
}

const RETRY_MS = 100;

/** Keeps what waits for Redis within bounds, so that memory stays bounded while Redis is away. */
export class PendingBudget {
  readonly #bounds: PendingBounds;
  #calls = 0;
  #length = 0;

  constructor(bounds: PendingBounds) {
    this.#bounds = bounds;
  }

  /** Calls that wait now. */
  get calls(): number {
    return this.#calls;
  }

  /**
   * Runs a call that holds `length` characters until it settles; one that is too long alone is let in when nothing waits.
   * @throws OVERLOADED before the call begins.
   */
  async hold<Answer>(length: number, call: () => Promise<Answer>): Promise<Answer> {
    const { maxPendingCalls, maxPendingLength } = this.#bounds;
    const isFull =
      this.#calls >= maxPendingCalls ||
      (this.#calls > 0 && this.#length + length > maxPendingLength);
    if (isFull) throw new Overloaded({ retryAfterMs: RETRY_MS, scope: 'store' });
    this.#calls += 1;
    this.#length += length;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      this.#length -= length;
    }
  }
}
