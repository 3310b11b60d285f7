import { closedError } from './closed-error.ts';

/** Counts operations that take several calls, so that closing waits for the whole of them and not for single calls only. */
export class OperationGate {
  #isShut = false;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** Whether an operation has begun and not ended. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /**
   * Runs an operation.
   * @throws CLOSED when no more may begin.
   */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isShut) throw closedError();
    this.#underWay += 1;
    try {
      return await operation();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const tell of this.#waiting.splice(0)) tell();
    }
  }

  /**
   * Runs a call that may be part of an operation, and counts it unless none may begin any more: then the operation that it is
   * part of is counted already, and any other call finds its way as single calls do.
   */
  track<T>(call: () => Promise<T>): Promise<T> {
    return this.#isShut ? call() : this.run(call);
  }

  /** From now on none begins. */
  shut(): void {
    this.#isShut = true;
  }

  /** Resolves once none is under way. */
  whenIdle(): Promise<void> {
    if (!this.isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
