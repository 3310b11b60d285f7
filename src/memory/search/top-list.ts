/** Keeps the best of many in a heap of bounded size. */
export class TopList<T> {
  readonly #limit: number;
  readonly #isBetter: (left: T, right: T) => boolean;
  /** The worst that is kept is at the top. */
  readonly #heap: T[] = [];

  constructor(limit: number, isBetter: (left: T, right: T) => boolean) {
    this.#limit = limit;
    this.#isBetter = isBetter;
  }

  /** What a further item has to be better than, or undefined while there is room. */
  get worst(): T | undefined {
    return this.#heap.length < this.#limit ? undefined : this.#heap[0];
  }

  /** Considers one item. */
  offer(item: T): void {
    if (this.#heap.length < this.#limit) {
      this.#heap.push(item);
      this.#rise(this.#heap.length - 1);
      return;
    }
    const worst = this.#heap[0];
    if (worst === undefined || !this.#isBetter(item, worst)) return;
    this.#heap[0] = item;
    this.#sink();
  }

  /** What was kept, best first. */
  toSorted(): readonly T[] {
    return this.#heap.toSorted((left, right) => (this.#isBetter(left, right) ? -1 : 1));
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isWorse(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      let worst = index;
      if (left < this.#heap.length && this.#isWorse(left, worst)) worst = left;
      if (right < this.#heap.length && this.#isWorse(right, worst)) worst = right;
      if (worst === index) return;
      this.#swap(index, worst);
      index = worst;
    }
  }

  #isWorse(left: number, right: number): boolean {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    return one !== undefined && other !== undefined && this.#isBetter(other, one);
  }

  #swap(left: number, right: number): void {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    if (one === undefined || other === undefined) return;
    this.#heap[left] = other;
    this.#heap[right] = one;
  }
}
