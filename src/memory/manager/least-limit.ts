import { TokenLimitExceeded } from '../../domain/errors.ts';

/** Further up nothing is looked for: a system prompt of so many tokens is a mistake that a number does not help with. */
const MAX_LIMIT = 4_194_304;

/**
 * What is built within a limit in tokens. Where that is too low, the error names the least limit under which something can be built,
 * found by steps that double until one is enough, then by halves.
 * @throws TOKEN_LIMIT_EXCEEDED, and what `buildWithin` rejects with.
 */
export async function namingLeastLimit<T>(
  limit: number,
  buildWithin: (limit: number) => Promise<T>,
): Promise<T> {
  try {
    return await buildWithin(limit);
  } catch (error) {
    if (!(error instanceof TokenLimitExceeded)) throw error;
    throw new TokenLimitExceeded({ limit, actual: await leastLimit(limit, buildWithin) });
  }
}

async function leastLimit(
  tooLow: number,
  buildWithin: (limit: number) => Promise<unknown>,
): Promise<number> {
  const fits = async (limit: number): Promise<boolean> => {
    try {
      await buildWithin(limit);
      return true;
    } catch (error) {
      if (error instanceof TokenLimitExceeded) return false;
      throw error;
    }
  };
  let [low, step] = [tooLow, 1];
  // In order: each attempt says where the next one is.
  while (low < MAX_LIMIT && !(await fits(low + step))) {
    low += step;
    step *= 2;
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}
