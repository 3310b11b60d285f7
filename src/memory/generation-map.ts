/**
 * A map of two generations: what is found moves into the young one, and whoever begins another generation lets go of what was not
 * asked for since the last but one. So it holds what is in use and needs neither times nor an order of use.
 */
export class GenerationMap<Key, Value> {
  readonly #maxYoung: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  /** With `maxYoung`, a generation that has got so large is followed by the next on its own. */
  constructor(maxYoung: number = Infinity) {
    this.#maxYoung = maxYoung;
  }

  /** How many values are held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value, if it is still there; undefined otherwise. */
  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.set(key, old);
    return old;
  }

  /** Keeps a value. */
  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#maxYoung && !this.#young.has(key)) this.begin();
    this.#old.delete(key);
    this.#young.set(key, value);
  }

  /** Begins another generation, once the young one holds so many values. Default: at once. */
  begin(minYoung: number = 0): void {
    if (this.#young.size < minYoung) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
