import type { HostStats } from '../envelope.ts';
import type { Vitals } from './vitals.ts';

/** Figures about one shard of several. */
export interface ShardFigures extends Omit<HostStats, 'shards'> {
  /** How often its worker was started again. */
  readonly restarts: number;
}

type Counted = 'commits' | 'commands' | 'conflicts' | 'retries' | 'failedSnapshots';

/** Adds up what the lives of a worker counted: each begins at nothing. */
export class ShardTally {
  #restarts = 0;
  #before: Record<Counted, number> = {
    commits: 0,
    commands: 0,
    conflicts: 0,
    retries: 0,
    failedSnapshots: 0,
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
  figures(now: { readonly queued: number; readonly life: Vitals | null }): ShardFigures {
    const latest = now.life?.read();
    return {
      activations: latest?.activations ?? 0,
      activationBytes: latest?.activationBytes ?? 0,
      queued: now.queued,
      ...(latest === undefined ? this.#before : this.#sumWith(latest)),
      restarts: this.#restarts,
    };
  }

  #sumWith(stats: HostStats): Record<Counted, number> {
    const before = this.#before;
    return {
      commits: before.commits + stats.commits,
      commands: before.commands + stats.commands,
      conflicts: before.conflicts + stats.conflicts,
      retries: before.retries + stats.retries,
      failedSnapshots: before.failedSnapshots + stats.failedSnapshots,
    };
  }
}
