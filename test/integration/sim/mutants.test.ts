import { describe, expect, test } from 'vitest';
import { check } from '../../sim/checker.ts';
import { MEMORY_MUTANTS } from '../../sim/memory-mutants.ts';
import { memorySeed } from '../../sim/memory-profile.ts';
import { type Mutant, MUTANTS } from '../../sim/mutants.ts';
import { simulate } from '../../sim/simulation.ts';

/** Every fault is found by then; the checks are worth nothing when one of them needs more. */
const MAX_SEEDS = 200;

describe('the checks of the simulation', () => {
  test.for(MUTANTS)('find a library that $name', async (mutant) => {
    await expect(firstSeedAgainst(mutant, (seed) => seed)).resolves.toBeLessThanOrEqual(MAX_SEEDS);
  });

  test.for(MEMORY_MUTANTS)('find a library whose memory $name', async (mutant) => {
    await expect(firstSeedAgainst(mutant, memorySeed)).resolves.toBeLessThanOrEqual(MAX_SEEDS);
  });
});

/** How many seeds it takes. */
async function firstSeedAgainst(
  { seams }: Mutant,
  seedOf: (number: number) => number,
): Promise<number> {
  for (let number = 1; number <= MAX_SEEDS; number += 1) {
    // In order: most are found by the very first seeds.
    const violations = await check(await simulate({ seed: seedOf(number), seams }));
    if (violations.length > 0) return number;
  }
  return Infinity;
}
