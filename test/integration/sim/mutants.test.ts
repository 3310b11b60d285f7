import { describe, expect, test } from 'vitest';
import { check } from '../../sim/checker.ts';
import { type Mutant, MUTANTS } from '../../sim/mutants.ts';
import { simulate } from '../../sim/simulation.ts';

/** Every fault is found by then; the checks are worth nothing when one of them needs more. */
const MAX_SEEDS = 200;

describe('the checks of the simulation', () => {
  test.for(MUTANTS)('find a library that $name', async (mutant) => {
    await expect(firstSeedAgainst(mutant)).resolves.toBeLessThanOrEqual(MAX_SEEDS);
  });
});

async function firstSeedAgainst({ seams }: Mutant): Promise<number> {
  for (let seed = 1; seed <= MAX_SEEDS; seed += 1) {
    // In order: most are found by the very first seeds.
    const violations = await check(await simulate({ seed, seams }));
    if (violations.length > 0) return seed;
  }
  return Infinity;
}
