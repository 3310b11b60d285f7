import type { BlockCache } from './block-cache.ts';

interface Node {
  readonly key: number;
  isVisited: boolean;
  older: Node | null;
  newer: Node | null;
}

/** SIEVE (Zhang and others, NSDI 2024): a hand goes from old to new over one queue and spares once what was used. */
export class SieveCache implements BlockCache {
  readonly #nodes = new Map<number, Node>();
  readonly #capacity: number;
  #oldest: Node | null = null;
  #newest: Node | null = null;
  #hand: Node | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  access(key: number): boolean {
    const known = this.#nodes.get(key);
    if (known !== undefined) {
      known.isVisited = true;
      return true;
    }
    if (this.#nodes.size >= this.#capacity) this.#evict();
    const node: Node = { key, isVisited: false, older: this.#newest, newer: null };
    if (this.#newest === null) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
    this.#nodes.set(key, node);
    return false;
  }

  #evict(): void {
    let node = this.#hand ?? this.#oldest;
    while (node?.isVisited === true) {
      node.isVisited = false;
      node = node.newer ?? this.#oldest;
    }
    if (node === null) return;
    this.#hand = node.newer;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    this.#nodes.delete(node.key);
  }
}
