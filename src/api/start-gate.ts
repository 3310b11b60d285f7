import type { CallOptions } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import { Overloaded } from '../domain/errors.ts';
import { abortedError, watchWait } from '../runtime/caller-wait.ts';

/** Calls that may wait at one gate: as much as a session's queue takes in, and room for those that give up. */
const MAX_WAITING = 1000;
/** Preparing takes one look into the store. */
const RETRY_AFTER_MS = 100;

/** Who waits at a gate, and how much content it holds: UTF-16 units, measured only when it has to wait. */
export interface GateWait {
  readonly options: CallOptions;
  readonly clock: Clock;
  readonly length?: () => number;
}

/** Takes a place for a call behind so many others; what is returned gives it back. */
export type Reserve = (call: { readonly length: number; readonly waiting: number }) => () => void;

const NO_PLACE = (): void => undefined;

interface Waiter {
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Holds calls back until something they share is ready, and then lets them go in the order in which they came; once open,
 * a call goes ahead in the same turn of the event loop.
 */
export class StartGate {
  readonly #prepare: (length: number) => Promise<void>;
  readonly #reserve: Reserve;
  readonly #waiting: Set<Waiter> = new Set();
  #phase: 'closed' | 'opening' | 'open' = 'closed';

  /**
   * `prepare` runs with the first call, whose content it is told the length of, since it waits for no more than that call does;
   * when it fails so do the calls that wait, and the next call tries again. `reserve` may refuse each further one.
   */
  constructor(prepare: (length: number) => Promise<void>, reserve: Reserve = () => NO_PLACE) {
    this.#prepare = prepare;
    this.#reserve = reserve;
  }

  /** True once calls go ahead at once. */
  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** True while calls are held back. */
  get isOpening(): boolean {
    return this.#phase === 'opening';
  }

  /**
   * Runs the task when the gate is open.
   * @throws ABORTED, DEADLINE_EXCEEDED, OVERLOADED before that, and what preparing throws.
   */
  run<T>(task: () => Promise<T>, wait: GateWait): Promise<T> {
    if (this.#phase === 'open') return task();
    const { signal } = wait.options;
    if (signal?.aborted === true) return Promise.reject(abortedError(signal));
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new Overloaded({ scope: 'session', retryAfterMs: RETRY_AFTER_MS }));
    const isFirst = this.#phase === 'closed';
    const length = wait.length?.() ?? 0;
    // The place of the first one is that of the preparation.
    const outcome = this.#enqueue(task, wait, isFirst ? null : length);
    if (isFirst) this.#open(length);
    return outcome;
  }

  /** Takes a place for content of the given length; none when null. */
  #enqueue<T>(task: () => Promise<T>, wait: GateWait, length: number | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { size: waiting } = this.#waiting;
      const giveBack = length === null ? NO_PLACE : this.#reserve({ length, waiting });
      const leave = (): void => {
        this.#waiting.delete(waiter);
        unwatch();
        giveBack();
      };
      const waiter: Waiter = {
        // At once and not a turn later, or a call that finds the gate open could overtake.
        start: () => {
          leave();
          task().then(resolve, reject);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const unwatch = watchWait(wait, waiter.fail);
      this.#waiting.add(waiter);
    });
  }

  #open(length: number): void {
    this.#phase = 'opening';
    this.#prepare(length).then(
      () => this.#finish('open', (waiter) => waiter.start()),
      (error: Error) => this.#finish('closed', (waiter) => waiter.fail(error)),
    );
  }

  #finish(phase: 'closed' | 'open', settle: (waiter: Waiter) => void): void {
    this.#phase = phase;
    for (const waiter of this.#waiting) settle(waiter);
  }
}
