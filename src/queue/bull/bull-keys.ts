import { JOB_PRIORITIES, type JobPriority } from '../job.ts';

/** Largest priority of a job in BullMQ. */
const MAX_PRIORITY = 2_097_151;

/** Turns that each class of jobs has before turns are not told apart any more; a queue that runs empty begins anew. */
const TURNS = Math.floor(MAX_PRIORITY / JOB_PRIORITIES.length);

/** The priorities of a class, first and last: the ranges of classes follow each other, so that classes do too. */
export function turnsOf(priority: JobPriority): { readonly first: number; readonly last: number } {
  const first = JOB_PRIORITIES.indexOf(priority) * TURNS + 1;
  return { first, last: first + TURNS - 1 };
}

/** The class that a turn belongs to. */
export function classOf(turn: number): JobPriority {
  return JOB_PRIORITIES[Math.floor((turn - 1) / TURNS)] ?? 'low';
}

/** The first priority of the class that one belongs to. */
export function firstTurnOf(turn: number): number {
  return Math.floor((turn - 1) / TURNS) * TURNS + 1;
}

/** The keys of a queue that are read or written beside BullMQ. */
export class BullKeys {
  /** What every key of BullMQ begins with; the braces make all of them one slot of a cluster. */
  readonly prefix: string;
  readonly #root: string;

  constructor(namespace: string, name: string) {
    this.prefix = `${namespace}:{jobs}`;
    this.#root = `${this.prefix}:${name}:`;
  }

  /** What the key of each job begins with. */
  get jobRoot(): string {
    return this.#root;
  }

  get failed(): string {
    return `${this.#root}failed`;
  }

  get prioritized(): string {
    return `${this.#root}prioritized`;
  }

  get active(): string {
    return `${this.#root}active`;
  }

  get delayed(): string {
    return `${this.#root}delayed`;
  }

  /** Ours: the turn that each tenant had last, and the turn that each class has reached. */
  get turns(): string {
    return `${this.#root}~turns`;
  }

  /** Ours: since when jobs wait that were never begun. */
  get ages(): string {
    return `${this.#root}~ages`;
  }

  /** Ours: jobs that run and are to stop, by when that was said. */
  get cancelled(): string {
    return `${this.#root}~cancelled`;
  }

  /** The key of a job. */
  job(id: string): string {
    return this.#root + id;
  }
}
