/** Those who wait for something that may happen again and again. */
export class Waiters {
  #waiting: (() => void)[] = [];

  /** Resolves when it happens next. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** It happens. */
  tell(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const resolve of told) resolve();
  }
}
