import type { WorkerEnd } from './worker-end.ts';

/** Tells of workers that cannot start: once for all of them that have the same trouble, and anew after one has started. */
export class StartWarnings {
  readonly #warn: (code: string, message: string) => void;
  readonly #troubles = new Map<number, string>();

  constructor(warn: (code: string, message: string) => void) {
    this.#warn = warn;
  }

  /** The life of a worker is over. */
  ended(worker: number, end: WorkerEnd): void {
    if (end.reason !== 'failed-start') return;
    const { message } = end.error;
    const isKnown = [...this.#troubles.values()].includes(message);
    this.#troubles.set(worker, message);
    if (!isKnown) this.#warn('WORKER_START_FAILED', `A worker cannot start: ${message}`);
  }

  /** A worker takes calls. */
  started(worker: number): void {
    this.#troubles.delete(worker);
  }
}
