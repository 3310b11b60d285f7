import { addCounted, type CountedFigures, NOTHING_COUNTED } from '../counted-figures.ts';
import type { WorkerStats } from '../envelope.ts';
import type { Vitals } from './vitals.ts';

/** Adds up what the lives of a worker counted: each begins at nothing. */
export class ShardTally {
  #restarts = 0;
  #before: CountedFigures = NOTHING_COUNTED;

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
    this.#before = addCounted(this.#before, life.read());
  }

  /** All lives together. */
  figures(now: { readonly queued: number; readonly life: Vitals | null }): WorkerStats {
    const latest = now.life?.read();
    return {
      activations: latest?.activations ?? 0,
      activationBytes: latest?.activationBytes ?? 0,
      queued: now.queued,
      ...(latest === undefined ? this.#before : addCounted(this.#before, latest)),
      restarts: this.#restarts,
      loopDelayMs: latest?.loopDelayMs ?? 0,
    };
  }
}
