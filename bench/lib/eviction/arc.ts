import { firstKey } from './block-cache.ts';
import type { BlockCache } from './block-cache.ts';

/** ARC (Megiddo and Modha, FAST 2003): what was used once and what was used again share the cache as their ghosts ask for. */
export class ArcCache implements BlockCache {
  readonly #capacity: number;
  readonly #once = new Set<number>();
  readonly #often = new Set<number>();
  readonly #onceGhosts = new Set<number>();
  readonly #oftenGhosts = new Set<number>();
  /** How many blocks those used once should have. */
  #target = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  access(key: number): boolean {
    if (this.#once.delete(key) || this.#often.delete(key)) {
      this.#often.add(key);
      return true;
    }
    if (this.#onceGhosts.has(key)) {
      const step = Math.max(1, this.#oftenGhosts.size / this.#onceGhosts.size);
      this.#target = Math.min(this.#capacity, this.#target + step);
      this.#replace(false);
      this.#onceGhosts.delete(key);
      this.#often.add(key);
      return false;
    }
    if (this.#oftenGhosts.has(key)) {
      const step = Math.max(1, this.#onceGhosts.size / this.#oftenGhosts.size);
      this.#target = Math.max(0, this.#target - step);
      this.#replace(true);
      this.#oftenGhosts.delete(key);
      this.#often.add(key);
      return false;
    }
    this.#makeRoom();
    this.#once.add(key);
    return false;
  }

  #makeRoom(): void {
    const capacity = this.#capacity;
    if (this.#once.size + this.#onceGhosts.size === capacity) {
      if (this.#once.size === capacity) {
        this.#once.delete(firstKey(this.#once));
        return;
      }
      this.#onceGhosts.delete(firstKey(this.#onceGhosts));
      this.#replace(false);
      return;
    }
    const ghosts = this.#onceGhosts.size + this.#oftenGhosts.size;
    const all = this.#once.size + this.#often.size + ghosts;
    if (all < capacity) return;
    if (all === 2 * capacity) this.#oftenGhosts.delete(firstKey(this.#oftenGhosts));
    this.#replace(false);
  }

  #replace(isOftenGhost: boolean): void {
    const once = this.#once.size;
    const isOver = once > this.#target || (isOftenGhost && once === this.#target);
    const takesOnce = once > 0 && (isOver || this.#often.size === 0);
    const [from, ghosts] = takesOnce
      ? [this.#once, this.#onceGhosts]
      : [this.#often, this.#oftenGhosts];
    const key = firstKey(from);
    from.delete(key);
    ghosts.add(key);
  }
}
