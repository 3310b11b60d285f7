import { frequencyOf, recencyOf } from '../../../src/memory/eviction/page-score.ts';
import type { EvictionPage } from '../../../src/memory/eviction/eviction-policy.ts';
import { ImportanceWeightedLRU } from '../../../src/memory/eviction/importance-weighted-lru.ts';
import { firstKey } from './block-cache.ts';
import type { BlockCache } from './block-cache.ts';

/**
 * Blocks as hot pages under our importance-weighted policy. All blocks are equally important, so among those used equally often the
 * one used longest ago has the lowest score, and only the first of each list has to be scored. Like the page table, it keeps the
 * number of uses of what it has taken out.
 */
export class ImportanceWeightedCache implements BlockCache {
  readonly #capacity: number;
  readonly #weights = new ImportanceWeightedLRU().kernelWeights().hot;
  readonly #uses = new Map<number, number>();
  /** By number of uses: the blocks in the cache and when each was used last, in that order. */
  readonly #byUses = new Map<number, Map<number, number>>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  access(key: number, nowMs: number): boolean {
    const uses = this.#uses.get(key) ?? 0;
    const isHit = this.#take(key, uses);
    if (!isHit && this.#size >= this.#capacity) this.#evict(nowMs);
    if (!isHit) this.#size += 1;
    this.#uses.set(key, uses + 1);
    const peers = this.#byUses.get(uses + 1) ?? new Map<number, number>();
    peers.set(key, nowMs);
    this.#byUses.set(uses + 1, peers);
    return isHit;
  }

  #take(key: number, uses: number): boolean {
    const peers = this.#byUses.get(uses);
    const isThere = peers?.delete(key) ?? false;
    if (peers?.size === 0) this.#byUses.delete(uses);
    return isThere;
  }

  #evict(nowMs: number): void {
    let victim = { key: 0, uses: 0, score: Infinity };
    for (const [uses, peers] of this.#byUses) {
      const key = firstKey(peers);
      const score = this.#scoreOf({ uses, usedMs: peers.get(key) ?? 0 }, nowMs);
      if (score < victim.score) victim = { key, uses, score };
    }
    this.#take(victim.key, victim.uses);
    this.#size -= 1;
  }

  #scoreOf(block: { readonly uses: number; readonly usedMs: number }, nowMs: number): number {
    const page: EvictionPage = {
      pageType: 'transcript',
      modality: 'text',
      importance: 0.5,
      pinned: false,
      tokens: null,
      lastAccessedMs: block.usedMs,
      accessCount: block.uses,
    };
    return (
      recencyOf(page, nowMs) * this.#weights.recency + frequencyOf(page) * this.#weights.frequency
    );
  }
}
