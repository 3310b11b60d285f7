import { z } from 'zod';
import { isCount } from './usage.ts';

/**
 * The largest count that anybody may state of one event, of tokens or of anything else: far above what a call can use, and
 * far enough below 2^53 that the sum of thousands of such counts is still exact.
 */
const MAX_STATED_COUNT = 1_000_000_000_000;

/** What a stated count has to be, in words. */
export const STATED_COUNT: string = `a whole number from 0 to ${MAX_STATED_COUNT}`;

/** A count that somebody states, as a schema. */
export const statedCountSchema: z.ZodInt = z.int().nonnegative().max(MAX_STATED_COUNT);

/** Whether a number can be stated as a count; says the same as {@link statedCountSchema}, faster. */
export function isStatedCount(value: number): boolean {
  return isCount(value) && value <= MAX_STATED_COUNT;
}
