import type { BlockCache } from './block-cache.ts';

/** Belady's MIN, which knows the future: takes out what is used last of all. Made for one sequence of accesses. */
export class MinCache implements BlockCache {
  readonly #capacity: number;
  readonly #nextUse: Int32Array;
  /** When each block of the cache is used next. */
  readonly #uses = new Map<number, number>();
  /** Next uses, the latest first; blocks that were used since have old ones too. */
  readonly #heap: { readonly key: number; readonly use: number }[] = [];
  #at = 0;

  constructor(capacity: number, sequence: readonly number[]) {
    this.#capacity = capacity;
    this.#nextUse = nextUses(sequence);
  }

  access(key: number): boolean {
    const isHit = this.#uses.has(key);
    if (!isHit && this.#uses.size >= this.#capacity) this.#evict();
    const use = this.#nextUse[this.#at] ?? Infinity;
    this.#at += 1;
    this.#uses.set(key, use);
    this.#push({ key, use });
    return isHit;
  }

  #evict(): void {
    for (;;) {
      const latest = this.#pop();
      if (latest === undefined) return;
      if (this.#uses.get(latest.key) !== latest.use) continue;
      this.#uses.delete(latest.key);
      return;
    }
  }

  #push(entry: { readonly key: number; readonly use: number }): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || parent.use >= entry.use) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): { readonly key: number; readonly use: number } | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const isRight = (heap[left + 1]?.use ?? -1) > (heap[left]?.use ?? -1);
      const childAt = isRight ? left + 1 : left;
      const child = heap[childAt];
      if (child === undefined || child.use <= last.use) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
    return top;
  }
}

/** For every access the place of the next one of the same block, or one behind the end that no other access has. */
function nextUses(sequence: readonly number[]): Int32Array {
  const next = new Int32Array(sequence.length);
  const seen = new Map<number, number>();
  for (let at = sequence.length - 1; at >= 0; at -= 1) {
    const key = sequence[at] ?? 0;
    next[at] = seen.get(key) ?? sequence.length + at;
    seen.set(key, at);
  }
  return next;
}
