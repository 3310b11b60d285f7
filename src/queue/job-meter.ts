import type { JobOutcome } from './job.ts';

/** How the tries of a kind of jobs ended in this process. */
export interface KindFigures {
  readonly kind: string;
  /** Tries by how they ended. */
  readonly tries: Readonly<Record<JobOutcome['kind'], number>>;
  readonly running: number;
  /** Tries that took no longer than each of {@link DURATION_BOUNDS_S}, those that took less included. */
  readonly within: readonly number[];
  readonly totalSeconds: number;
}

/** Seconds that tell a no-op from a call to a model, and that from one that hangs. */
export const DURATION_BOUNDS_S: readonly number[] = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Kinds that are told apart; jobs are offered by whoever shares the queue. */
const MAX_KINDS = 50;
const OTHERS = 'other';

interface Counts {
  readonly tries: Record<JobOutcome['kind'], number>;
  running: number;
  readonly within: number[];
  totalSeconds: number;
}

/** Counts the tries that a process makes of jobs, by kind. */
export class JobMeter {
  readonly #kinds = new Map<string, Counts>();

  /** Notes that a try begins; what is returned notes how it ended. */
  begin(kind: string): (outcome: JobOutcome['kind'], seconds: number) => void {
    const counts = this.#countsOf(kind);
    counts.running += 1;
    return (outcome, seconds) => {
      counts.running -= 1;
      counts.tries[outcome] += 1;
      counts.totalSeconds += seconds;
      for (const [index, bound] of DURATION_BOUNDS_S.entries())
        if (seconds <= bound) counts.within[index] = (counts.within[index] ?? 0) + 1;
    };
  }

  /** The figures so far, one for each kind that was met. */
  figures(): readonly KindFigures[] {
    return [...this.#kinds].map(([kind, { tries, running, within, totalSeconds }]) => {
      return { kind, tries: { ...tries }, running, within: [...within], totalSeconds };
    });
  }

  #countsOf(kind: string): Counts {
    const name = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : OTHERS;
    const known = this.#kinds.get(name);
    if (known !== undefined) return known;
    const tries = { done: 0, failed: 0, hopeless: 0 };
    const counts = { tries, running: 0, within: DURATION_BOUNDS_S.map(() => 0), totalSeconds: 0 };
    this.#kinds.set(name, counts);
    return counts;
  }
}
