/** Counts keys, and forgets those that were added longest ago when there are too many. */
export class BoundedCounter {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  readonly #firstSeen = new Map<string, number>();
  #added = 0;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many keys are counted. */
  get size(): number {
    return this.#counts.size;
  }

  /** How often anything was added. */
  get total(): number {
    return this.#total;
  }

  /** Counts a key once more. */
  add(key: string): void {
    const count = (this.#counts.get(key) ?? 0) + 1;
    // Deleted first, so that the map is in the order of the latest additions.
    this.#counts.delete(key);
    this.#counts.set(key, count);
    this.#total += 1;
    if (count === 1) {
      this.#firstSeen.set(key, this.#added);
      this.#added += 1;
    }
    if (this.#counts.size > this.#limit) this.#dropOldest();
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.#counts.delete(key);
    this.#firstSeen.delete(key);
  }

  /** The keys with the highest counts, of equals the one that was seen first. */
  most(limit: number, accepts: (key: string) => boolean = () => true): readonly string[] {
    return [...this.#counts]
      .filter(([key]) => accepts(key))
      .toSorted(([left, leftCount], [right, rightCount]) =>
        leftCount === rightCount
          ? (this.#firstSeen.get(left) ?? 0) - (this.#firstSeen.get(right) ?? 0)
          : rightCount - leftCount,
      )
      .slice(0, limit)
      .map(([key]) => key);
  }

  #dropOldest(): void {
    const [oldest] = this.#counts.keys();
    if (oldest !== undefined) this.delete(oldest);
  }
}
