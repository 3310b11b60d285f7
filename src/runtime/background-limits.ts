import type { Shedding } from '../queue/hold-back.ts';
import type { LoopDelay } from './loop-delay.ts';

/** Bounds of background work in this process. */
export interface BackgroundLimits {
  /** Summaries do not begin in this process while its event loop is late by more than this, on average over a second. */
  readonly backgroundLoopDelayMs: number;
  /** One that was asked for so long ago begins all the same. */
  readonly backgroundHoldMs: number;
}

/** Used where nothing else is said. */
export const DEFAULT_BACKGROUND_LIMITS: BackgroundLimits = {
  backgroundLoopDelayMs: 50,
  backgroundHoldMs: 10_000,
};

/** When summaries of this process give way. */
export function sheddingOf(limits: BackgroundLimits, loopDelay: LoopDelay): Shedding {
  return {
    lateMs: () => loopDelay.lateMs(),
    maxLateMs: limits.backgroundLoopDelayMs,
    maxHoldMs: limits.backgroundHoldMs,
  };
}
