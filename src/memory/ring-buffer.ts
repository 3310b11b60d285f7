/** Keeps the latest items, in their order. */
export class RingBuffer<Item> {
  readonly #limit: number;
  readonly #items: Item[] = [];
  /** Where the oldest item is, once the buffer is full. */
  #start = 0;

  /** A buffer of at most `limit` items, a whole number above 0. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many items are kept. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item, and gives the one that had to make room, if any. */
  push(item: Item): Item | undefined {
    if (this.#items.length < this.#limit) {
      this.#items.push(item);
      return undefined;
    }
    const oldest = this.#items[this.#start];
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.#limit;
    return oldest;
  }

  /** The items, the oldest first. */
  *[Symbol.iterator](): IterableIterator<Item> {
    yield* this.#items.slice(this.#start);
    yield* this.#items.slice(0, this.#start);
  }
}
