import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Timer } from '../domain/clock.ts';

/** A clock that stands still until it is told to move. */
export interface VirtualClock extends Clock {
  /** Moves time on and runs the timers that come due on the way, each at its own time and in order. */
  advance(ms: number): void;
  /** Milliseconds until the next timer, or null when none is set. */
  msToNextTimer(): number | null;
}

interface PendingTimer {
  readonly dueAtMs: number;
  readonly order: number;
  readonly task: () => void;
}

/** 2026-01-01T00:00:00Z, so that times in failures read like times. */
const DEFAULT_START_MS = 1_767_225_600_000;

/** A clock at a fixed time, 2026-01-01 in UTC unless told otherwise. */
export function virtualClock(startMs: number = DEFAULT_START_MS): VirtualClock {
  return new ManualClock(startMs);
}

/**
 * Waits for work that waits for timers: whenever nothing else is left to do, time jumps to the next timer.
 * @throws what the work rejects with.
 */
export async function runTimersUntil<Result>(
  clock: VirtualClock,
  work: Promise<Result>,
): Promise<Result> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  work.then(settle, settle);
  await nextTurn();
  while (!isSettled) {
    const waitMs = clock.msToNextTimer();
    if (waitMs !== null) clock.advance(waitMs);
    // In order: what a timer started must get its turn before time moves on again.
    await nextTurn();
  }
  return work;
}

class ManualClock implements VirtualClock {
  readonly #timers: Set<PendingTimer> = new Set();
  #nowMs: number;
  #order = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, task: () => void): Timer {
    this.#order += 1;
    const timer: PendingTimer = {
      dueAtMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order,
      task,
    };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(); next !== null && next.dueAtMs <= endMs; next = this.#next()) {
      this.#timers.delete(next);
      this.#nowMs = next.dueAtMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  msToNextTimer(): number | null {
    const next = this.#next();
    return next === null ? null : next.dueAtMs - this.#nowMs;
  }

  #next(): PendingTimer | null {
    let first: PendingTimer | null = null;
    // Timers stand in the order in which they were set, so the first of several equal times stays the first.
    for (const timer of this.#timers) {
      if (first === null || timer.dueAtMs < first.dueAtMs) first = timer;
    }
    return first;
  }
}
