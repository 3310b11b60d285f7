const TWO_POWER_32 = 0x1_0000_0000;
/** Outputs thrown away after seeding, until the four words are well mixed. */
const WARM_UP = 12;

/**
 * A seeded source of randomness: sfc32, the small fast counting generator of PractRand with 128 bits of state. The same
 * seed gives the same numbers on every machine.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / TWO_POWER_32) >>> 0;
    this.#c = 0x9e3779b9;
    for (let round = 0; round < WARM_UP; round += 1) this.#word();
  }

  /** A number in [0, 1). */
  next(): number {
    return this.#word() / TWO_POWER_32;
  }

  /** An integer in [0, 2^32). */
  word(): number {
    return this.#word();
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** Another generator that depends on this one's seed, but not on how often either is used from now on. */
  split(): Prng {
    return new Prng(this.#word() * 0x20_0000 + (this.#word() >>> 11));
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
