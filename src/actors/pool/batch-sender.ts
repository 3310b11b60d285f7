import { FairQueue, type FairShares } from '../fair-queue.ts';

/** How much of what is to be said goes at once. */
export interface BatchLimits {
  /** Batches that may be under way without having been taken in. */
  readonly inFlight: number;
  readonly messages: number;
  /** UTF-16 units of content, roughly bytes; a batch ends with the message that reaches it. */
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
 * should not wait; else collects until the turn is over in which the other side took one in. Calls wait tenant by tenant; what
 * belongs to no tenant goes before them.
 */
export class BatchSender<Message> {
  readonly #post: (messages: readonly Message[]) => void;
  readonly #limits: BatchLimits;
  readonly #calls: FairQueue<Queued<Message>>;
  #others: Message[] = [];
  #last: Message | null = null;
  #inFlight = 0;
  #isScheduled = false;

  constructor(
    post: (messages: readonly Message[]) => void,
    {
      limits = BATCH_LIMITS,
      shares,
    }: { readonly limits?: BatchLimits; readonly shares: FairShares },
  ) {
    this.#post = post;
    this.#limits = limits;
    this.#calls = new FairQueue(shares);
  }

  /** Messages that have not been sent. */
  get waiting(): number {
    return this.#calls.size + this.#others.length + Number(this.#last !== null);
  }

  /** Sends a call behind those of its tenant. */
  pushCall(message: Message, { tenant, length }: { tenant: string; length: number }): void {
    this.#calls.push(tenant, { message, length });
    this.#schedule();
  }

  /** Sends a message before the calls that have not been sent. */
  push(message: Message): void {
    this.#others.push(message);
    this.#schedule();
  }

  /** Sends a message behind everything. */
  pushLast(message: Message): void {
    this.#last = message;
    this.#schedule();
  }

  /** Takes a call back that has not been sent; false when it has. */
  withdraw(message: Message): boolean {
    return this.#calls.remove((queued) => queued.message === message) > 0;
  }

  /** The other side took so many batches in. */
  taken(batches: number): void {
    this.#inFlight -= batches;
    if (this.waiting > 0) this.#schedule();
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
    while (this.waiting > 0 && this.#inFlight < this.#limits.inFlight) {
      this.#inFlight += 1;
      this.#post(this.#next());
    }
  }

  #next(): readonly Message[] {
    const messages = this.#others;
    this.#others = [];
    let length = 0;
    while (messages.length < this.#limits.messages && length < this.#limits.length) {
      const queued = this.#calls.next(oneCall);
      if (queued === null) break;
      messages.push(queued.message);
      length += queued.length;
    }
    if (this.#calls.size === 0 && this.#last !== null) {
      messages.push(this.#last);
      this.#last = null;
    }
    return messages;
  }
}

function oneCall(): number {
  return 1;
}
