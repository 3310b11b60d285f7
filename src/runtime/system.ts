import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';

/** The machine's own clock. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    setTimer: (delayMs, task, options = {}) => {
      const timer = setTimeout(task, delayMs);
      if (options.isBackground === true) timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

/** A random UUID, version 4. */
export function newUuid(): string {
  return randomUUID();
}

/** A random number in [0, 1); for spreading retries, not for secrets. */
export function randomFraction(): number {
  return Math.random();
}

/** A name for one life of a runtime: 80 random bits, so that two never share one. */
export function newWriterId(): string {
  return randomBytes(10).toString('hex');
}
