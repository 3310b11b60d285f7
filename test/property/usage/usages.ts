import fc from 'fast-check';

import {
  isOverlapOf,
  isPartOf,
  USAGE_UNITS,
  type UsageUnit,
} from '../../../src/domain/usage-unit.ts';
import type { UsageBuckets } from '../../../src/domain/usage.ts';

const CALL_UNITS: readonly UsageUnit[] = USAGE_UNITS.filter((unit) => unit !== 'requests');

/** Counts from none over small to far beyond any price tier. */
const someCounts = fc.oneof(fc.constant(0), fc.nat(10), fc.nat(5000), fc.nat(2_000_000));

/** Any counts at all, most of which contradict each other. */
export const anyUsages: fc.Arbitrary<UsageBuckets> = fc
  .dictionary(fc.constantFrom(...CALL_UNITS), someCounts, { maxKeys: 6 })
  .map((usage) => ({ ...usage }));

/** Counts that add up: every whole and every overlap is there, and wholes include all of their parts. */
export const consistentUsages: fc.Arbitrary<UsageBuckets> = anyUsages.map(withWholes);

/** Each unit with itself and its parts. */
const INCLUDED: ReadonlyMap<UsageUnit, readonly UsageUnit[]> = new Map(
  CALL_UNITS.map((whole) => [
    whole,
    CALL_UNITS.filter((unit) => unit === whole || isPartOf(unit, whole)),
  ]),
);

/** The pairs of units that overlap in a unit. */
const OVERLAPS = CALL_UNITS.flatMap((unit) =>
  CALL_UNITS.flatMap((first) =>
    CALL_UNITS.filter((second) => isOverlapOf(unit, first, second)).map((second) => ({
      unit,
      pair: [first, second],
    })),
  ),
);

function withWholes(parts: UsageBuckets): UsageBuckets {
  const usage: { [Unit in UsageUnit]?: number } = {};
  for (const [whole, included] of INCLUDED) {
    const counts = included.flatMap((unit) => parts[unit] ?? []);
    if (counts.length > 0) usage[whole] = counts.reduce((sum, count) => sum + count, 0);
  }
  for (const { unit, pair } of OVERLAPS) {
    if (pair.every((whole) => usage[whole] !== undefined)) usage[unit] ??= 0;
  }
  return usage;
}
