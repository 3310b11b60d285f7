import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { elapsedMs } from './system.ts';

/** How late an event loop is. */
export interface LoopDelay {
  /** Milliseconds by which the loop came round later than it should, on average over the last second or so. */
  lateMs(): number;
  /** Looks no more. */
  close(): void;
}

/** How often the loop is looked at, by Node itself and without running anything of ours. */
const RESOLUTION_MS = 50;
const WINDOW_MS = 1000;

/** Watches the event loop of this thread, from the first time that it is asked about. */
export function watchLoopDelay(): LoopDelay {
  let histogram: IntervalHistogram | null = null;
  let sinceMs = 0;
  let lastMs = 0;
  const begin = (): IntervalHistogram => {
    const begun = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    begun.enable();
    sinceMs = elapsedMs();
    return begun;
  };
  return {
    lateMs: () => {
      histogram ??= begin();
      const nowMs = elapsedMs();
      if (nowMs - sinceMs < WINDOW_MS) return lastMs;
      // Not a number where the loop did not come round at all since then; the next window tells.
      const meanMs = histogram.mean / 1e6 - RESOLUTION_MS;
      lastMs = Math.max(0, Number.isNaN(meanMs) ? nowMs - sinceMs : meanMs);
      histogram.reset();
      sinceMs = nowMs;
      return lastMs;
    },
    close: () => {
      histogram?.disable();
    },
  };
}
