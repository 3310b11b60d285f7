import { FairQueue, type FairShares } from './fair-queue.ts';

/** The platform's own: a test of a service that lets time stand still must not stop its sessions. */
const afterTurn = globalThis.setImmediate;

/** Somebody who has something to do. */
export interface TurnTaker {
  readonly key: { readonly tenant: string };
  /** How many calls a turn would take. */
  readonly queued: number;
  /** Begins a turn. */
  start(): void;
}

/**
 * Says whose turn it is: tenant by tenant, and only so many calls in one turn of the event loop, so that whoever calls meanwhile
 * is heard before all that has been queued is done.
 */
export class TurnQueue {
  readonly #queue: FairQueue<TurnTaker>;
  readonly #slice: number;
  #spent = 0;
  #isPumping = false;
  #isLoopWatched = false;

  constructor(shares: FairShares, slice: number) {
    this.#queue = new FairQueue(shares);
    this.#slice = slice;
  }

  /** Queues somebody for a turn, which begins in a microtask at the earliest, with what else is asked for until then. */
  add(taker: TurnTaker): void {
    this.#queue.push(taker.key.tenant, taker);
    if (this.#isPumping || this.#spent >= this.#slice) return;
    this.#isPumping = true;
    queueMicrotask(() => this.#pump());
  }

  #pump(): void {
    this.#isPumping = false;
    this.#watchLoop();
    while (this.#spent < this.#slice) {
      const taker = this.#queue.next(costOf);
      if (taker === null) return;
      this.#spent += costOf(taker);
      taker.start();
    }
  }

  #watchLoop(): void {
    if (this.#isLoopWatched) return;
    this.#isLoopWatched = true;
    afterTurn(() => {
      this.#isLoopWatched = false;
      this.#spent = 0;
      if (this.#queue.size > 0) this.#pump();
    });
  }
}

function costOf({ queued }: TurnTaker): number {
  return Math.max(1, queued);
}
