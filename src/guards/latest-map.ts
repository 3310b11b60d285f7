/** A map of so many entries at most: the one that was not set for the longest leaves. */
export class LatestMap<Value> {
  readonly #maxSize: number;
  readonly #map = new Map<string, Value>();

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The value of a key. */
  get(key: string): Value | undefined {
    return this.#map.get(key);
  }

  /** Sets the value of a key, which is then the latest one. */
  set(key: string, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#maxSize) return;
    for (const oldest of this.#map.keys()) {
      if (this.#map.size <= this.#maxSize) return;
      this.#map.delete(oldest);
    }
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.#map.delete(key);
  }

  /** All entries, the latest last. */
  entries(): readonly (readonly [string, Value])[] {
    return [...this.#map];
  }

  /** Other entries in the place of these. */
  replace(entries: readonly (readonly [string, Value])[]): void {
    this.#map.clear();
    for (const [key, value] of entries) this.set(key, value);
  }
}
