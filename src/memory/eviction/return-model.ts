import { CLASS_COUNT, isSessionClass } from './visit-class.ts';

/** Ages of visits in steps of about 40 %, from a second to a day and a half; the last step has no end. */
const AGE_STARTS_MS: readonly number[] = [
  0,
  ...Array.from({ length: 35 }, (_, step) => 1000 * Math.SQRT2 ** step),
];
/** How many steps of age there are. */
export const AGE_COUNT: number = AGE_STARTS_MS.length;

/** How many visits the guess of {@link UNKNOWN_CHANCE} counts as much as, at every age. */
const GUESS_WEIGHT = 8;
/** The chance to return within a step where nothing is known yet: the same for all steps, so that recency decides. */
const UNKNOWN_CHANCE = 0.15;
/** How many returns the guess that all classes return alike counts as much as. */
const FACTOR_WEIGHT = 3;
/** How many visits of an age it takes for a class to be judged by them as much as by the shape that all classes share. */
const SHAPE_WEIGHT = 300;
/** No chance is taken for certain. */
const HIGHEST_CHANCE = 0.98;
/** After so many touches the rates are computed anew. */
const REFRESH_TOUCHES = 64;
/** After so many touches what was seen counts half. */
const FADE_TOUCHES = 8192;

/**
 * Learns when sessions come back. It is a life table: for every class and step of age, how many visits got so old, and how many of
 * them were followed by another one before the next step. What is forgotten drops out of it and teaches nothing wrong. Sessions
 * share the shape of the table, when one comes back, and differ by a factor, whether it does; a class that was seen often enough
 * gets a shape of its own.
 */
export class ReturnModel {
  /** By class and age; the last row is that of all sessions together. */
  readonly #reached = new Float64Array((CLASS_COUNT + 1) * AGE_COUNT);
  readonly #returned = new Float64Array((CLASS_COUNT + 1) * AGE_COUNT);
  readonly #rates = new Float64Array(CLASS_COUNT * AGE_COUNT);
  #touches = 0;

  constructor() {
    this.#refresh();
  }

  /** A visit has got as old as a step. */
  recordReached(visitClass: number, age: number): void {
    count(this.#reached, cellOf(visitClass, age));
    if (isSessionClass(visitClass)) count(this.#reached, cellOf(CLASS_COUNT, age));
  }

  /** A visit was followed by another one. */
  recordReturn(visitClass: number, age: number): void {
    count(this.#returned, cellOf(visitClass, age));
    if (isSessionClass(visitClass)) count(this.#returned, cellOf(CLASS_COUNT, age));
  }

  /** To be called once a touch; answers whether the rates have changed. */
  tick(): boolean {
    this.#touches += 1;
    if (this.#touches % FADE_TOUCHES === 0) this.#fade();
    if (this.#touches % REFRESH_TOUCHES !== 0) return false;
    this.#refresh();
    return true;
  }

  /**
   * The best rate of return that keeping a visit of this age can earn: the chance that it is followed by another one within some
   * time, over the time it has to be kept for that, for the length of time that makes it highest (the Gittins index of keeping).
   */
  rateOf(visitClass: number, age: number): number {
    return this.#rates[cellOf(visitClass, age)] ?? 0;
  }

  #fade(): void {
    for (const table of [this.#reached, this.#returned]) {
      table.forEach((value, cell) => {
        table[cell] = value / 2;
      });
    }
  }

  #refresh(): void {
    const shared = Float64Array.from({ length: AGE_COUNT }, (_, age) => this.#sharedChance(age));
    const chances = new Float64Array(AGE_COUNT);
    for (let visitClass = 0; visitClass < CLASS_COUNT; visitClass += 1) {
      const factor = this.#factorOf(visitClass, shared);
      for (let age = 0; age < AGE_COUNT; age += 1) {
        chances[age] = this.#chanceOf(cellOf(visitClass, age), factor * (shared[age] ?? 0));
      }
      for (let age = 0; age < AGE_COUNT; age += 1) {
        this.#rates[cellOf(visitClass, age)] = bestRate(chances, age);
      }
    }
  }

  /** The chance of all sessions to return at an age, with a look at the ages before and after, so that no accident counts. */
  #sharedChance(age: number): number {
    let returned = GUESS_WEIGHT * UNKNOWN_CHANCE;
    let reached = GUESS_WEIGHT;
    for (let near = Math.max(0, age - 1); near <= Math.min(AGE_COUNT - 1, age + 1); near += 1) {
      const weight = near === age ? 2 : 1;
      returned += weight * (this.#returned[cellOf(CLASS_COUNT, near)] ?? 0);
      reached += weight * (this.#reached[cellOf(CLASS_COUNT, near)] ?? 0);
    }
    return returned / reached;
  }

  /** How much more often visits of a class are followed by another one than those of all classes at the same ages. */
  #factorOf(visitClass: number, shared: Float64Array): number {
    let returned = FACTOR_WEIGHT;
    let expected = FACTOR_WEIGHT;
    for (let age = 0; age < AGE_COUNT; age += 1) {
      returned += this.#returned[cellOf(visitClass, age)] ?? 0;
      expected += (this.#reached[cellOf(visitClass, age)] ?? 0) * (shared[age] ?? 0);
    }
    return returned / expected;
  }

  /** What a class does at an age, as far as it was seen, and else what is expected. */
  #chanceOf(cell: number, expected: number): number {
    const returned = (this.#returned[cell] ?? 0) + SHAPE_WEIGHT * expected;
    return Math.min(HIGHEST_CHANCE, returned / ((this.#reached[cell] ?? 0) + SHAPE_WEIGHT));
  }
}

/** When a step of age ends, in milliseconds; the last one never does. */
export function ageEndMs(age: number): number {
  return AGE_STARTS_MS[age + 1] ?? Infinity;
}

function cellOf(visitClass: number, age: number): number {
  return visitClass * AGE_COUNT + age;
}

function count(table: Float64Array, cell: number): void {
  table[cell] = (table[cell] ?? 0) + 1;
}

function bestRate(chances: Float64Array, age: number): number {
  let stillThere = 1;
  let expectedMs = 0;
  let best = 0;
  for (let step = age; step < AGE_COUNT; step += 1) {
    const chance = chances[step] ?? 0;
    // Who returns within a step does so in its middle, on average.
    expectedMs += stillThere * widthMs(step) * (1 - chance / 2);
    stillThere *= 1 - chance;
    best = Math.max(best, (1 - stillThere) / expectedMs);
  }
  return best;
}

function widthMs(age: number): number {
  const start = AGE_STARTS_MS[age] ?? 0;
  // The step without an end is taken for as long as all before it.
  return (AGE_STARTS_MS[age + 1] ?? 2 * start) - start;
}
