import type { Clock } from '../domain/clock.ts';
import { PagefoldError } from '../domain/errors.ts';
import { randomFraction } from './system.ts';

/** What all pauses of one call come to at most. */
const PATIENCE_MS = 5000;
const LEAST_PAUSE_MS = 10;

/** Whether an error says that a bound is reached, and that nothing was done. */
function isOverloaded(error: unknown): error is PagefoldError {
  return PagefoldError.isInstance(error) && error.code === 'OVERLOADED';
}

/**
 * Whether an error says that the store is full: waiting makes no room in it, removing something does. One whose queues are full for the
 * moment is not.
 */
export function isStoreFull(error: unknown): error is PagefoldError {
  if (!isOverloaded(error)) return false;
  const { scope, reason } = error.data;
  return scope === 'store' && reason === 'full';
}

/**
 * Makes a call again as long as it is refused because something other than a full store has no room, each time once that says that it may
 * have room, and up to as long again, so that not all come back at once.
 * @throws what the call throws, and OVERLOADED when that does not end within seconds, or at once when the store is full.
 */
export async function retryOverloaded<T>(
  clock: Pick<Clock, 'setTimer'>,
  call: () => Promise<T>,
): Promise<T> {
  for (let pausedMs = 0; ;) {
    try {
      // In order: it is made again only when it was refused.
      return await call();
    } catch (error) {
      if (!isOverloaded(error) || isStoreFull(error)) throw error;
      const pauseMs = Math.max(LEAST_PAUSE_MS, retryAfterMs(error)) * (1 + randomFraction());
      pausedMs += pauseMs;
      if (pausedMs > PATIENCE_MS) throw error;
      await new Promise<void>((resolve) => clock.setTimer(pauseMs, resolve));
    }
  }
}

/** Waits for room on behalf of an operation of many calls, until that was in vain once: it is not to take seconds for each of them. */
export class Patience {
  readonly #clock: Pick<Clock, 'setTimer'>;
  #isOver = false;

  constructor(clock: Pick<Clock, 'setTimer'>) {
    this.#clock = clock;
  }

  /**
   * As {@link retryOverloaded}, and makes the call once when it was in vain before.
   * @throws what the call throws
   */
  async retry<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isOver) return call();
    try {
      return await retryOverloaded(this.#clock, call);
    } catch (error) {
      this.#isOver = isOverloaded(error) && !isStoreFull(error);
      throw error;
    }
  }
}

function retryAfterMs({ data }: PagefoldError): number {
  const { retryAfterMs: afterMs } = data;
  return typeof afterMs === 'number' ? afterMs : 0;
}
