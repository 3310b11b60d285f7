/** How often a {@link PageTlb} had what was asked for. */
export interface TlbStats {
  readonly size: number;
  readonly maxSize: number;
  /** Share of the places that are taken, 0 where there are none. */
  readonly utilization: number;
  readonly hits: number;
  readonly misses: number;
  /** Hits over all look-ups, 0 before the first. */
  readonly hitRate: number;
}

/** An entry between the ones that were used right before and right after it. */
interface Kept<Entry> {
  readonly pageId: string;
  entry: Entry;
  older: Kept<Entry> | null;
  newer: Kept<Entry> | null;
}

/**
 * Keeps the entries that were looked up last, so that they are not decoded again; drops the one used longest ago. The order of use is a
 * chain: a context looks at each of its pages several times, and to take an entry out of a map and put it back takes three times as
 * long as to move it in a chain.
 */
export class PageTlb<Entry> {
  readonly #maxEntries: number;
  readonly #entries = new Map<string, Kept<Entry>>();
  #oldest: Kept<Entry> | null = null;
  #newest: Kept<Entry> | null = null;
  #hits = 0;
  #misses = 0;

  /** A `maxEntries` of 0 keeps nothing. */
  constructor(maxEntries: number = 512) {
    this.#maxEntries = maxEntries;
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The entry, which counts as used now; null when it is not kept. */
  lookup(pageId: string): Entry | null {
    const kept = this.#entries.get(pageId);
    if (kept === undefined) {
      this.#misses += 1;
      return null;
    }
    this.#hits += 1;
    this.#use(kept);
    return kept.entry;
  }

  /** Keeps an entry as the one used last. */
  insert(pageId: string, entry: Entry): void {
    if (this.#maxEntries === 0) return;
    const known = this.#entries.get(pageId);
    if (known !== undefined) {
      known.entry = entry;
      this.#use(known);
      return;
    }
    if (this.#entries.size >= this.#maxEntries && this.#oldest !== null) this.#drop(this.#oldest);
    const kept: Kept<Entry> = { pageId, entry, older: null, newer: null };
    this.#entries.set(pageId, kept);
    this.#append(kept);
  }

  /** Forgets an entry; false when it was not kept. */
  invalidate(pageId: string): boolean {
    const kept = this.#entries.get(pageId);
    if (kept === undefined) return false;
    this.#drop(kept);
    return true;
  }

  /** Forgets all entries that a condition holds for, and says how many. */
  invalidateWhere(holds: (entry: Entry) => boolean): number {
    let count = 0;
    for (const kept of this.#entries.values()) {
      if (!holds(kept.entry)) continue;
      this.#drop(kept);
      count += 1;
    }
    return count;
  }

  /** Forgets everything and says how much that was. */
  flush(): number {
    const { size } = this.#entries;
    this.#entries.clear();
    this.#oldest = null;
    this.#newest = null;
    return size;
  }

  /** Starts counting anew. */
  resetStats(): void {
    this.#hits = 0;
    this.#misses = 0;
  }

  /** What was kept and found so far. */
  stats(): TlbStats {
    const lookups = this.#hits + this.#misses;
    return {
      size: this.size,
      maxSize: this.#maxEntries,
      utilization: this.#maxEntries === 0 ? 0 : this.size / this.#maxEntries,
      hits: this.#hits,
      misses: this.#misses,
      hitRate: lookups === 0 ? 0 : this.#hits / lookups,
    };
  }

  #use(kept: Kept<Entry>): void {
    if (kept === this.#newest) return;
    this.#unlink(kept);
    this.#append(kept);
  }

  #drop(kept: Kept<Entry>): void {
    this.#entries.delete(kept.pageId);
    this.#unlink(kept);
  }

  #unlink({ older, newer }: Kept<Entry>): void {
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
  }

  #append(kept: Kept<Entry>): void {
    kept.older = this.#newest;
    kept.newer = null;
    if (this.#newest === null) this.#oldest = kept;
    else this.#newest.newer = kept;
    this.#newest = kept;
  }
}
