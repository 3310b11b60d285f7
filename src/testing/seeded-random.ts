import { scramble } from '../store/text-hash.ts';

/** Draws numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number;
  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number;
}

/** The increment that walks through all 32-bit states: 2^32 divided by the golden ratio, made odd. */
const STATE_STEP = 0x9e3779b9;

/** A source of numbers for tests that must be repeatable. */
export function seededRandom(seed: number): SeededRandom {
  let state = scramble(seed);
  const next = (): number => {
    state = (state + STATE_STEP) >>> 0;
    return scramble(state) / 2 ** 32;
  };
  return { next, below: (bound) => Math.floor(next() * bound) };
}
