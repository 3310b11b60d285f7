import { firstKey } from './block-cache.ts';
import type { BlockCache } from './block-cache.ts';

/** Takes out what came first. */
export class FifoCache implements BlockCache {
  readonly #blocks = new Set<number>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  access(key: number): boolean {
    if (this.#blocks.has(key)) return true;
    if (this.#blocks.size >= this.#capacity) this.#blocks.delete(firstKey(this.#blocks));
    this.#blocks.add(key);
    return false;
  }
}
