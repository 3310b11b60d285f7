import { firstKey } from './block-cache.ts';
import type { BlockCache } from './block-cache.ts';

/** Uses are counted up to here. */
const MOST_USES = 3;

/**
 * S3-FIFO (Yang and others, SOSP 2023): a tenth of the blocks is a small queue for what is new. What was used more than once in it goes
 * on to the main queue, and all else is remembered as a ghost, which goes to the main queue when it comes back.
 */
export class S3FifoCache implements BlockCache {
  readonly #small = new Map<number, number>();
  readonly #main = new Map<number, number>();
  readonly #ghosts = new Set<number>();
  readonly #capacity: number;
  readonly #smallCapacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#smallCapacity = Math.max(1, Math.floor(capacity / 10));
  }

  access(key: number): boolean {
    for (const queue of [this.#small, this.#main]) {
      const uses = queue.get(key);
      if (uses === undefined) continue;
      queue.set(key, Math.min(MOST_USES, uses + 1));
      return true;
    }
    while (this.#small.size + this.#main.size >= this.#capacity) {
      if (this.#small.size >= this.#smallCapacity || this.#main.size === 0) this.#shrinkSmall();
      else this.#shrinkMain();
    }
    if (this.#ghosts.delete(key)) this.#main.set(key, 0);
    else this.#small.set(key, 0);
    return false;
  }

  #shrinkSmall(): void {
    const key = firstKey(this.#small);
    const uses = this.#small.get(key) ?? 0;
    this.#small.delete(key);
    const mainCapacity = this.#capacity - this.#smallCapacity;
    if (uses > 1) {
      this.#main.set(key, 0);
      if (this.#main.size > mainCapacity) this.#shrinkMain();
      return;
    }
    this.#ghosts.add(key);
    if (this.#ghosts.size > mainCapacity) this.#ghosts.delete(firstKey(this.#ghosts));
  }

  #shrinkMain(): void {
    for (;;) {
      const key = firstKey(this.#main);
      const uses = this.#main.get(key) ?? 0;
      this.#main.delete(key);
      if (uses === 0) return;
      this.#main.set(key, uses - 1);
    }
  }
}
