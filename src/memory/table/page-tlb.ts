import { LruMap } from '../../domain/lru-map.ts';

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

/** Keeps the entries that were looked up last, so that they are not decoded again; drops the one used longest ago. */
export class PageTlb<Entry> {
  readonly #maxEntries: number;
  readonly #entries: LruMap<Entry>;
  #hits = 0;
  #misses = 0;

  /** A `maxEntries` of 0 keeps nothing. */
  constructor(maxEntries: number = 512) {
    this.#maxEntries = maxEntries;
    this.#entries = new LruMap(maxEntries);
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The entry, which counts as used now; null when it is not kept. */
  lookup(pageId: string): Entry | null {
    const entry = this.#entries.use(pageId);
    if (entry === undefined) {
      this.#misses += 1;
      return null;
    }
    this.#hits += 1;
    return entry;
  }

  /** Keeps an entry as the one used last. */
  insert(pageId: string, entry: Entry): void {
    this.#entries.set(pageId, entry);
  }

  /** Forgets an entry; false when it was not kept. */
  invalidate(pageId: string): boolean {
    return this.#entries.delete(pageId);
  }

  /** Forgets all entries that a condition holds for, and says how many. */
  invalidateWhere(holds: (entry: Entry) => boolean): number {
    return this.#entries.deleteWhere(holds);
  }

  /** Forgets everything and says how much that was. */
  flush(): number {
    const { size } = this.#entries;
    this.#entries.clear();
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
}
