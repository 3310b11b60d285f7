import type { Clock } from '../domain/clock.ts';
import { PagefoldError } from '../domain/errors.ts';
import { randomFraction } from './system.ts';

/** What all pauses of one call come to at most. */
const PATIENCE_MS = 5000;
const LEAST_PAUSE_MS = 10;

/** Whether an error says that something is full, and that nothing was done. */
export function isOverloaded(error: unknown): error is PagefoldError {
  return PagefoldError.isInstance(error) && error.code === 'OVERLOADED';
}

/** Whether an error says that the store is full: waiting makes no room in it, removing something does. */
export function isStoreFull(error: unknown): error is PagefoldError {
  return isOverloaded(error) && error.data['scope'] === 'store';
}

/**
 * Makes a call again as long as it is refused because something other than the store is full, each time once that says that it may
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

function retryAfterMs({ data }: PagefoldError): number {
  const { retryAfterMs: afterMs } = data;
  return typeof afterMs === 'number' ? afterMs : 0;
}
