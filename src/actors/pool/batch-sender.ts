/** How much of what is to be said goes at once. */
export interface BatchLimits {
  /** Batches that may be under way without having been taken in. */
  readonly inFlight: number;
  readonly messages: number;
  /** UTF-16 units of content, roughly bytes. */
  readonly length: number;
}

/** Measured: larger batches gain nothing, and hold up what comes behind them. */
export const BATCH_LIMITS: BatchLimits = { inFlight: 2, messages: 512, length: 256 * 1024 };

interface Queued<Message> {
  readonly message: Message;
  readonly length: number;
}

/**
 * Sends messages several at a time. With nothing under way at the end of the turn of the event loop, since a caller that is alone
 * should not wait; else collects until the turn is over in which the other side took one in.
 */
export class BatchSender<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  readonly #limits: BatchLimits;
  #queue: Queued<Message>[] = [];
  #inFlight = 0;
  #isScheduled = false;

  constructor(post: (messages: readonly Message[]) => void, limits: BatchLimits = BATCH_LIMITS) {
    this.#post = post;
    this.#limits = limits;
  }

  /** Messages that have not been sent. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Sends a message behind those before it. */
  push(message: Message, length = 0): void {
    this.#queue.push({ message, length });
    this.#schedule();
  }

  /** Takes a message back that has not been sent; false when it has. */
  withdraw(message: Message): boolean {
    const before = this.#queue.length;
    this.#queue = this.#queue.filter((queued) => queued.message !== message);
    return this.#queue.length < before;
  }

  /** The other side took so many batches in. */
  taken(batches: number): void {
    this.#inFlight -= batches;
    if (this.#queue.length > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= this.#limits.inFlight) return;
    this.#isScheduled = true;
    // Measured with 64 callers: a microtask here while batches are under way makes them small, and costs half of the throughput.
    if (this.#inFlight === 0) queueMicrotask(() => this.#flush());
    else setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    while (this.#queue.length > 0 && this.#inFlight < this.#limits.inFlight) {
      this.#inFlight += 1;
      this.#post(this.#next());
    }
  }

  #next(): readonly Message[] {
    const { messages, length } = this.#limits;
    let taken = 0;
    let sum = 0;
    for (const queued of this.#queue) {
      if (taken > 0 && (taken >= messages || sum + queued.length > length)) break;
      taken += 1;
      sum += queued.length;
    }
    return this.#queue.splice(0, taken).map(({ message }) => message);
  }
}
