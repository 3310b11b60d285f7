/**
 * The items of the latest of many lists that are mostly the same, by their keys. Such lists go on in the same order, so that an item is
 * looked for behind the one that was found before it; only where it is elsewhere all of them are gone through, once for a list.
 */
export class LatestList<Key, Item> {
  readonly #keyOf: (item: Item) => Key;
  #items: readonly Item[] = [];
  /** Where the next is looked for first. */
  #next = 0;
  #places: ReadonlyMap<Key, number> | null = null;

  constructor(keyOf: (item: Item) => Key) {
    this.#keyOf = keyOf;
  }

  /** The item with a key; undefined also for one that may be there when the end of the list was reached: what follows is new as a rule. */
  find(key: Key): Item | undefined {
    const expected = this.#items[this.#next];
    if (expected === undefined) return undefined;
    if (this.#keyOf(expected) === key) {
      this.#next += 1;
      return expected;
    }
    this.#places ??= new Map(this.#items.map((item, at) => [this.#keyOf(item), at]));
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    this.#next = place + 1;
    return this.#items[place];
  }

  /** Another list in the place of the latest, looked through from its beginning. */
  replace(items: readonly Item[]): void {
    this.#items = items;
    this.#next = 0;
    this.#places = null;
  }
}
