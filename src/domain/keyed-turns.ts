/** Work that waits for earlier work of the same name, whether that went well or not; work of other names goes on beside it. */
export class KeyedTurns {
  readonly #latest = new Map<string, Promise<void>>();

  /** Runs work when all that came before it under its key has ended. */
  async take<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const running = (this.#latest.get(key) ?? Promise.resolve()).then(work);
    const ended = running.then(nothing, nothing);
    this.#latest.set(key, ended);
    try {
      return await running;
    } finally {
      if (this.#latest.get(key) === ended) this.#latest.delete(key);
    }
  }
}

function nothing(): void {
  // Whether it worked is for whoever called.
}
