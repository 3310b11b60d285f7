import type { HostStats, WorkerStats } from '../envelope.ts';
import {
  noFigures,
  sumFigures,
  TURN_CALLS_BOUNDS,
  TURN_TIME_BOUNDS_MS,
} from '../figure-buckets.ts';
import type { Vitals } from './vitals.ts';

type Counted = Pick<
  HostStats,
  'commits' | 'commands' | 'conflicts' | 'retries' | 'failedSnapshots' | 'turnTimes' | 'turnCalls'
>;

/** Adds up what the lives of a worker counted: each begins at nothing. */
export class ShardTally {
  #restarts = 0;
  #before: Counted = {
    commits: 0,
    commands: 0,
    conflicts: 0,
    retries: 0,
    failedSnapshots: 0,
    turnTimes: noFigures(TURN_TIME_BOUNDS_MS),
    turnCalls: noFigures(TURN_CALLS_BOUNDS),
  };

  /** A commit of the worker was made here, and its callers were told, before the worker heard of it. */
  noteMade(commands: number): void {
    this.#before = {
      ...this.#before,
      commits: this.#before.commits + 1,
      commands: this.#before.commands + commands,
    };
  }

  /** A life is over. */
  endLife(life: Vitals): void {
    this.#restarts += 1;
    this.#before = this.#sumWith(life.read());
  }

  /** All lives together. */
  figures(now: { readonly queued: number; readonly life: Vitals | null }): WorkerStats {
    const latest = now.life?.read();
    return {
      activations: latest?.activations ?? 0,
      activationBytes: latest?.activationBytes ?? 0,
      queued: now.queued,
      ...(latest === undefined ? this.#before : this.#sumWith(latest)),
      restarts: this.#restarts,
      loopDelayMs: latest?.loopDelayMs ?? 0,
    };
  }

  #sumWith(stats: Counted): Counted {
    const before = this.#before;
    return {
      commits: before.commits + stats.commits,
      commands: before.commands + stats.commands,
      conflicts: before.conflicts + stats.conflicts,
      retries: before.retries + stats.retries,
      failedSnapshots: before.failedSnapshots + stats.failedSnapshots,
      turnTimes: sumFigures(before.turnTimes, stats.turnTimes),
      turnCalls: sumFigures(before.turnCalls, stats.turnCalls),
    };
  }
}
