/** Something that can wait in one heap at a time; the heap writes the field. */
export interface HeapItem {
  /** Where the item sits in its heap; -1 while it is in none. */
  heapSlot: number;
}

/** An item of a heap with the time it is due. */
export interface Due<Item> {
  readonly item: Item;
  readonly dueAtMs: number;
}

/** A binary heap by due time that can also move and remove items in the middle, each step in O(log n). */
export class DueHeap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  // Beside the items and not in them: a time in an object is a heap number of its own.
  readonly #times: number[] = [];

  /** Number of items. */
  get size(): number {
    return this.#items.length;
  }

  /** The item due first. */
  first(): Due<Item> | null {
    return this.#at(0);
  }

  /** When an item is due; null when it is not in. */
  dueAtMs(item: Item): number | null {
    return this.#times[item.heapSlot] ?? null;
  }

  /** Puts an item in, or moves it when it is in already. */
  schedule(item: Item, dueAtMs: number): void {
    const slot = item.heapSlot < 0 ? this.#items.length : item.heapSlot;
    this.#settle({ item, dueAtMs }, slot);
  }

  /** Takes an item out; nothing happens when it is not in. */
  remove(item: Item): void {
    const leaver = item;
    const slot = leaver.heapSlot;
    if (slot < 0) return;
    const last = this.#at(this.#items.length - 1);
    this.#items.pop();
    this.#times.pop();
    leaver.heapSlot = -1;
    if (last !== null && last.item !== item) this.#settle(last, slot);
  }

  /** The items due at or before a time, earliest first and in O(log n) each, without taking them out. */
  *due(atMs: number): IterableIterator<Due<Item>> {
    const frontier = new DueHeap<HeapItem & { readonly slot: number }>();
    const visit = (slot: number): void => {
      const dueAtMs = this.#times[slot];
      if (dueAtMs !== undefined && dueAtMs <= atMs)
        frontier.schedule({ slot, heapSlot: -1 }, dueAtMs);
    };
    visit(0);
    for (let next = frontier.first(); next !== null; next = frontier.first()) {
      const { slot } = next.item;
      frontier.remove(next.item);
      const found = this.#at(slot);
      if (found !== null) yield found;
      visit(2 * slot + 1);
      visit(2 * slot + 2);
    }
  }

  #at(slot: number): Due<Item> | null {
    const item = this.#items[slot];
    const dueAtMs = this.#times[slot];
    return item === undefined || dueAtMs === undefined ? null : { item, dueAtMs };
  }

  #place(due: Due<Item>, slot: number): void {
    const { item } = due;
    this.#items[slot] = item;
    this.#times[slot] = due.dueAtMs;
    item.heapSlot = slot;
  }

  /** Puts an item where the order wants it, starting at a slot that is free for it. */
  #settle(due: Due<Item>, freeSlot: number): void {
    let slot = freeSlot;
    for (let parent = this.#parentOf(slot); parent !== null; parent = this.#parentOf(slot)) {
      if (parent.dueAtMs <= due.dueAtMs) break;
      const parentSlot = parent.item.heapSlot;
      this.#place(parent, slot);
      slot = parentSlot;
    }
    for (
      let child = this.#earlierChildOf(slot);
      child !== null;
      child = this.#earlierChildOf(slot)
    ) {
      if (child.dueAtMs >= due.dueAtMs) break;
      const childSlot = child.item.heapSlot;
      this.#place(child, slot);
      slot = childSlot;
    }
    this.#place(due, slot);
  }

  #parentOf(slot: number): Due<Item> | null {
    return slot === 0 ? null : this.#at((slot - 1) >> 1);
  }

  #earlierChildOf(slot: number): Due<Item> | null {
    const left = this.#at(2 * slot + 1);
    const right = this.#at(2 * slot + 2);
    if (left === null) return null;
    return right !== null && right.dueAtMs < left.dueAtMs ? right : left;
  }
}
