import { parseContextAmount } from '../../domain/context-options.ts';
import type { VmMode } from '../../domain/paging-policy.ts';

/** Everything that decides what a context looks like. */
export interface PackCacheKey {
  readonly sessionId: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly mode: VmMode;
  /** Changes whenever a page of the context comes, goes, moves or is shown in another form. */
  readonly workingSetVersion: number | string;
  /** Changes whenever anything the manifest says does. */
  readonly manifestVersion: number | string;
}

/** What a {@link ContextPackCache} has done so far. */
export interface PackCacheStats {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  /** Entries that made room for others. */
  readonly evictions: number;
  readonly invalidations: number;
  /** Share of look-ups that found something; 0 before the first. */
  readonly hitRate: number;
}

interface CacheEntry<T> {
  readonly sessionId: string;
  readonly packed: T;
}

const DEFAULT_ENTRIES = 32;

/** Keeps packed contexts for as long as nothing that went into them changes; the least recently used go first. */
export class ContextPackCache<T> {
  readonly #maxEntries: number;
  /** The order of a map is that of its use here. */
  readonly #entries = new Map<string, CacheEntry<T>>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #invalidations = 0;

  /** @throws INVALID_INPUT when `maxEntries` is no whole number of at least 0; 0 keeps nothing. */
  constructor(maxEntries: number = DEFAULT_ENTRIES) {
    this.#maxEntries = parseContextAmount(maxEntries, 'maxEntries');
  }

  /** How many contexts there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The context that was packed under the same key; null when there is none. */
  get(key: PackCacheKey): T | null {
    const name = nameOf(key);
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      this.#misses += 1;
      return null;
    }
    this.#hits += 1;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.packed;
  }

  /** Keeps a context; one under the same key makes way for it, and no other does. */
  put(key: PackCacheKey, packed: T): void {
    if (this.#maxEntries === 0) return;
    const name = nameOf(key);
    this.#entries.delete(name);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#maxEntries) break;
      this.#entries.delete(oldest);
      this.#evictions += 1;
    }
    this.#entries.set(name, { sessionId: key.sessionId, packed });
  }

  /** Forgets the contexts of a session and returns how many there were. */
  invalidateSession(sessionId: string): number {
    const names = [...this.#entries].filter(([, entry]) => entry.sessionId === sessionId);
    for (const [name] of names) this.#entries.delete(name);
    this.#invalidations += names.length;
    return names.length;
  }

  /** Forgets everything and returns how much that was. */
  invalidateAll(): number {
    const count = this.#entries.size;
    this.#entries.clear();
    this.#invalidations += count;
    return count;
  }

  /** What the cache has done so far. */
  stats(): PackCacheStats {
    const lookUps = this.#hits + this.#misses;
    return {
      entries: this.#entries.size,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      invalidations: this.#invalidations,
      hitRate: lookUps === 0 ? 0 : this.#hits / lookUps,
    };
  }
}

/** JSON, since ids may hold any sign that could part them. */
function nameOf(key: PackCacheKey): string {
  const { sessionId, model, maxTokens, mode, workingSetVersion, manifestVersion } = key;
  const budget = String(maxTokens);
  return JSON.stringify([sessionId, model, budget, mode, workingSetVersion, manifestVersion]);
}
