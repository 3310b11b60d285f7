import type { WorkerEnd } from './worker-end.ts';

/**
 * Follows how the workers of a pool start. Tells of those that cannot: once for all of them that have the same trouble, and anew
 * after one has started.
 */
export class WorkerStarts {
  /** Resolves once every worker takes calls, with null, or with how the first one ended that never did. */
  readonly first: Promise<WorkerEnd | null>;
  readonly #warn: (code: string, message: string) => void;
  readonly #troubles = new Map<number, string>();
  readonly #awaited: Set<number>;
  #settle: (end: WorkerEnd | null) => void = () => undefined;

  constructor(workers: number, warn: (code: string, message: string) => void) {
    this.#warn = warn;
    this.#awaited = new Set(Array.from({ length: workers }, (_, worker) => worker));
    this.first = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** The life of a worker is over. */
  ended(worker: number, end: WorkerEnd): void {
    if (this.#awaited.has(worker)) this.#settle(end);
    if (end.reason !== 'failed-start') return;
    const { message } = end.error;
    const isKnown = [...this.#troubles.values()].includes(message);
    this.#troubles.set(worker, message);
    if (!isKnown) this.#warn('WORKER_START_FAILED', `A worker cannot start: ${message}`);
  }

  /** A worker takes calls. */
  started(worker: number): void {
    this.#troubles.delete(worker);
    this.#awaited.delete(worker);
    if (this.#awaited.size === 0) this.#settle(null);
  }
}
