import { setTimeout as sleep } from 'node:timers/promises';
import { PagefoldError } from '../../domain/errors.ts';

/** Longest time one call is tried again; a store that stays full that long will not empty by itself. */
const PATIENCE_MS = 30_000;

/**
 * Calls, and calls again after the time that an overloaded runtime asks for.
 * @throws what the call throws, and OVERLOADED when that does not end.
 */
export async function untilAdmitted<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let waitedMs = 0;
  for (;;) {
    try {
      // In order: each try follows the pause after the one before.
      return await call();
    } catch (error) {
      const retryAfterMs = retryAfter(error);
      if (retryAfterMs === null || waitedMs + retryAfterMs > PATIENCE_MS) throw error;
      waitedMs += retryAfterMs;
      // Of its own for each: many may wait at once, and Node warns of a leak where a signal has more than ten listeners.
      await sleep(retryAfterMs, undefined, { signal: AbortSignal.any([signal]) });
    }
  }
}

function retryAfter(error: unknown): number | null {
  if (!PagefoldError.isInstance(error) || error.code !== 'OVERLOADED') return null;
  const { retryAfterMs } = error.data;
  return typeof retryAfterMs === 'number' ? retryAfterMs : null;
}
