/** An entry between the ones that were used right before and right after it. */
interface Kept<Value> {
  readonly key: string;
  value: Value;
  older: Kept<Value> | null;
  newer: Kept<Value> | null;
}

/**
 * A map of so many entries at most: the one that was used longest ago leaves. The order of use is a chain. A map alone keeps one
 * too, but to take an entry out and put it back takes three times as long as to move it in a chain, and its first key lies behind the
 * gaps of all that left.
 */
export class LruMap<Value> {
  readonly #maxSize: number;
  readonly #entries = new Map<string, Kept<Value>>();
  #oldest: Kept<Value> | null = null;
  #newest: Kept<Value> | null = null;

  /** A `maxSize` of 0 keeps nothing. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The entry that was used longest ago; undefined where there is none. */
  get oldest(): { readonly key: string; readonly value: Value } | undefined {
    return this.#oldest === null ? undefined : { key: this.#oldest.key, value: this.#oldest.value };
  }

  /** The value of a key; to look is no use of it. */
  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** The value of a key, which counts as used now. */
  use(key: string): Value | undefined {
    const kept = this.#entries.get(key);
    if (kept === undefined) return undefined;
    this.#renew(kept);
    return kept.value;
  }

  /** Sets the value of a key, which counts as used now. */
  set(key: string, value: Value): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      this.#renew(known);
      return;
    }
    if (this.#maxSize === 0) return;
    if (this.#entries.size >= this.#maxSize && this.#oldest !== null) this.#drop(this.#oldest);
    const kept: Kept<Value> = { key, value, older: null, newer: null };
    this.#entries.set(key, kept);
    this.#append(kept);
  }

  /** Forgets a key; false when it was not there. */
  delete(key: string): boolean {
    const kept = this.#entries.get(key);
    if (kept === undefined) return false;
    this.#drop(kept);
    return true;
  }

  /** Forgets all entries whose values a condition holds for, and says how many. */
  deleteWhere(holds: (value: Value) => boolean): number {
    let count = 0;
    for (const kept of this.#entries.values()) {
      if (!holds(kept.value)) continue;
      this.#drop(kept);
      count += 1;
    }
    return count;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.#oldest = null;
    this.#newest = null;
  }

  /** All entries, the one used last at the end. */
  entries(): readonly (readonly [string, Value])[] {
    const entries: (readonly [string, Value])[] = [];
    for (let kept = this.#oldest; kept !== null; kept = kept.newer) {
      entries.push([kept.key, kept.value]);
    }
    return entries;
  }

  /** Other entries in the place of these, the one used last at the end. */
  replace(entries: readonly (readonly [string, Value])[]): void {
    this.clear();
    for (const [key, value] of entries) this.set(key, value);
  }

  #renew(kept: Kept<Value>): void {
    if (kept === this.#newest) return;
    this.#unlink(kept);
    this.#append(kept);
  }

  #drop(kept: Kept<Value>): void {
    this.#entries.delete(kept.key);
    this.#unlink(kept);
  }

  #unlink({ older, newer }: Kept<Value>): void {
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
  }

  #append(kept: Kept<Value>): void {
    kept.older = this.#newest;
    kept.newer = null;
    if (this.#newest === null) this.#oldest = kept;
    else this.#newest.newer = kept;
    this.#newest = kept;
  }
}
