import type { Clock, Timer } from '../domain/clock.ts';

/** When jobs of this process give way to what its callers wait for. */
export interface Shedding {
  /** Milliseconds by which the event loop is late now. */
  lateMs(): number;
  /** No job begins while the loop is later than this. */
  readonly maxLateMs: number;
  /** A job that was asked for so long ago begins all the same, so that none starves. */
  readonly maxHoldMs: number;
}

/** How soon the loop is looked at again. */
const LOOK_AGAIN_MS = 250;

/** Holds jobs back while the event loop is late. */
export class HoldBack {
  readonly #shedding: Shedding;
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: Timer | null = null;

  /** `wake` is called when jobs that were held back may be able to begin. */
  constructor(shedding: Shedding, host: { readonly clock: Clock; readonly wake: () => void }) {
    this.#shedding = shedding;
    this.#clock = host.clock;
    this.#wake = host.wake;
  }

  /** Whether a job that waits is held back. */
  isHolding(): boolean {
    if (this.#timer !== null) return true;
    if (this.#shedding.lateMs() <= this.#shedding.maxLateMs) return false;
    this.#timer = this.#clock.setTimer(LOOK_AGAIN_MS, () => {
      this.#timer = null;
      this.#wake();
    });
    return true;
  }

  /** Whether a job was asked for too long ago to be held back any longer. */
  isOverdue({ sinceMs }: { readonly sinceMs: number }): boolean {
    return this.#clock.nowMs() - sinceMs >= this.#shedding.maxHoldMs;
  }

  /** Looks no more. */
  stop(): void {
    this.#timer?.cancel();
  }
}
