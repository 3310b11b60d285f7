import { BATCH_LIMITS, type BatchLimits } from './batch-sender.ts';
import type { RestartLimits } from './restart-policy.ts';

/** Bounds and times of workers and of whoever watches over them. */
export interface PoolLimits {
  readonly batch: BatchLimits;
  readonly restart: RestartLimits;
  readonly heartbeatMs: number;
  /** Heartbeats that may be missing before a worker counts as caught in a loop. */
  readonly missedBeats: number;
  /** Heartbeats that a worker may take to start. */
  readonly startBeats: number;
  /** How long a call that is repeated after an end is waited for before the next one is repeated beside it. */
  readonly replayWaitMs: number;
  /** How long a session is kept out whose call ended a worker twice. */
  readonly quarantineMs: number;
  /** How long a worker may take to say how far a call had come that nobody waits for any more. */
  readonly graceMs: number;
  /** Heap of a worker in MB, without the tables that all threads share. */
  readonly heapMb: number;
}

/** Defaults; `docs/workers.md` says what they are good for. */
export const DEFAULT_POOL_LIMITS: PoolLimits = {
  batch: BATCH_LIMITS,
  restart: {
    intensity: 5,
    windowMs: 60_000,
    firstPauseMs: 50,
    maxPauseMs: 5000,
    restMs: 60_000,
  },
  heartbeatMs: 250,
  missedBeats: 8,
  startBeats: 120,
  replayWaitMs: 5000,
  quarantineMs: 60_000,
  graceMs: 100,
  heapMb: 512,
};
