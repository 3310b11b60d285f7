import { firstKey } from './block-cache.ts';
import type { BlockCache } from './block-cache.ts';

/** Takes out what was used longest ago. */
export class LruCache implements BlockCache {
  readonly #blocks = new Set<number>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  access(key: number): boolean {
    const isHit = this.#blocks.delete(key);
    if (this.#blocks.size >= this.#capacity) this.#blocks.delete(firstKey(this.#blocks));
    this.#blocks.add(key);
    return isHit;
  }
}
