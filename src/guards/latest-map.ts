interface Entry<Value> {
  readonly value: Value;
  /** The place of its latest `set` in the order of all of them. */
  turn: number;
}

/**
 * A map of so many entries at most: the one that was not set for the longest leaves. It keeps the order beside the entries, since
 * to look for the first key of a map from which first keys were deleted means to walk over the gaps.
 */
export class LatestMap<Value> {
  readonly #maxSize: number;
  readonly #map = new Map<string, Entry<Value>>();
  /** Keys in the order in which they were set, those that were set again or left included. */
  #order: string[] = [];
  /** The turn of the first of them. */
  #firstTurn = 0;
  /** How many of them were looked at and are done with. */
  #done = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The value of a key. */
  get(key: string): Value | undefined {
    return this.#map.get(key)?.value;
  }

  /** Sets the value of a key, which is then the latest one. */
  set(key: string, value: Value): void {
    this.#map.set(key, { value, turn: this.#firstTurn + this.#order.length });
    this.#order.push(key);
    while (this.#map.size > this.#maxSize) this.#dropNext();
    if (this.#order.length >= 4 * this.#maxSize + 64) this.#compact();
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.#map.delete(key);
  }

  /** All entries, the latest last. */
  entries(): readonly (readonly [string, Value])[] {
    const entries = [...this.#map].sort(([, left], [, right]) => left.turn - right.turn);
    return entries.map(([key, { value }]) => [key, value]);
  }

  /** Other entries in the place of these. */
  replace(entries: readonly (readonly [string, Value])[]): void {
    this.#map.clear();
    this.#order = [];
    this.#firstTurn = 0;
    this.#done = 0;
    for (const [key, value] of entries) this.set(key, value);
  }

  #dropNext(): void {
    const key = this.#order[this.#done] ?? '';
    // A key that was set again has its turn later.
    if (this.#map.get(key)?.turn === this.#firstTurn + this.#done) this.#map.delete(key);
    this.#done += 1;
  }

  #compact(): void {
    const kept: string[] = [];
    let turn = this.#firstTurn + this.#done;
    for (const key of this.#order.slice(this.#done)) {
      const entry = this.#map.get(key);
      if (entry?.turn === turn) {
        entry.turn = kept.length;
        kept.push(key);
      }
      turn += 1;
    }
    this.#firstTurn = 0;
    this.#done = 0;
    this.#order = kept;
  }
}
