import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work, in milliseconds, before signals and timers get their turn. */
const STRETCH_MS = 20;

/** What was done by the replay so far. */
export interface Progress {
  readonly steps: number;
  readonly totalSteps: number;
}

/** Counts the steps of a replay, and lets the event loop turn now and then: an in-memory store alone never would. */
export class Pace {
  readonly #nowMs: () => number;
  readonly #totalSteps: number;
  readonly #onTurn: (progress: Progress) => void;
  #steps = 0;
  #turnedAtMs: number;

  constructor(params: {
    readonly nowMs: () => number;
    readonly totalSteps: number;
    readonly onTurn: (progress: Progress) => void;
  }) {
    this.#nowMs = params.nowMs;
    this.#totalSteps = params.totalSteps;
    this.#onTurn = params.onTurn;
    this.#turnedAtMs = params.nowMs();
  }

  /** One step is done. */
  async step(): Promise<void> {
    this.#steps += 1;
    const nowMs = this.#nowMs();
    if (nowMs - this.#turnedAtMs < STRETCH_MS) return;
    this.#turnedAtMs = nowMs;
    this.#onTurn({ steps: this.#steps, totalSteps: this.#totalSteps });
    await nextTurn();
  }
}
