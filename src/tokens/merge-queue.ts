/** Positions stay below 2^31 and ranks below 2^18, so both fit the 53 exact bits of one number. */
const POSITIONS = 2 ** 31;

/** A binary min-heap of merges, lowest rank first and leftmost first among equals; a merge is one number (see {@link mergeKey}). */
export class MergeQueue {
  #keys: Float64Array = new Float64Array(64);
  #size = 0;

  /** How many merges wait. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all merges. */
  clear(): void {
    this.#size = 0;
  }

  /** Adds a merge. */
  push(key: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    const keys = this.#keys;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentKey = keys[parent] ?? 0;
      if (parentKey <= key) break;
      keys[at] = parentKey;
      at = parent;
    }
    keys[at] = key;
  }

  /** Takes the first merge out; the queue must not be empty. */
  pop(): number {
    const keys = this.#keys;
    const first = keys[0] ?? 0;
    const size = --this.#size;
    const moved = keys[size] ?? 0;
    let at = 0;
    for (;;) {
      const child = this.#smallerChild(at);
      const childKey = keys[child] ?? 0;
      if (child >= size || childKey >= moved) break;
      keys[at] = childKey;
      at = child;
    }
    keys[at] = moved;
    return first;
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1;
    const right = left + 1;
    return right < this.#size && (this.#keys[right] ?? 0) < (this.#keys[left] ?? 0) ? right : left;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}

/** One number that orders by rank, then by position. */
export function mergeKey(rank: number, position: number): number {
  return rank * POSITIONS + position;
}

/** The rank in a key. */
export function rankIn(key: number): number {
  return Math.floor(key / POSITIONS);
}

/** The position in a key. */
export function positionIn(key: number): number {
  return key % POSITIONS;
}
