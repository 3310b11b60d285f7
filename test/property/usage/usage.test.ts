import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { addUsage, findUsageConflict, parseUsageBuckets } from '../../../src/domain/usage.ts';
import { isPartOf, USAGE_UNITS } from '../../../src/domain/usage-unit.ts';
import { anyUsages, consistentUsages } from './usages.ts';

const units = fc.constantFrom(...USAGE_UNITS);

describe('isPartOf', () => {
  test('is a strict order', () => {
    fc.assert(
      fc.property(units, units, units, (a, b, c) => {
        expect(isPartOf(a, a)).toBe(false);
        expect(isPartOf(a, b) && isPartOf(b, a)).toBe(false);
        expect(isPartOf(a, b) && isPartOf(b, c) && !isPartOf(a, c)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('addUsage', () => {
  test('does not care for order or grouping', () => {
    fc.assert(
      fc.property(anyUsages, anyUsages, anyUsages, (a, b, c) => {
        expect(addUsage(a, b)).toEqual(addUsage(b, a));
        expect(addUsage(addUsage(a, b), c)).toEqual(addUsage(a, addUsage(b, c)));
      }),
    );
  });

  test('is undone by taking away', () => {
    fc.assert(
      fc.property(anyUsages, anyUsages, (a, b) => {
        expect(addUsage(addUsage(a, b), b, -1)).toEqual(addUsage(a, {}));
      }),
    );
  });

  test('of usages without conflict has none', () => {
    fc.assert(
      fc.property(consistentUsages, consistentUsages, (a, b) => {
        expect(findUsageConflict(addUsage(a, b))).toBeNull();
      }),
    );
  });
});

describe('parseUsageBuckets', () => {
  test('keeps every usage whose wholes include their parts', () => {
    fc.assert(
      fc.property(consistentUsages, (usage) => {
        expect(parseUsageBuckets(usage)).toEqual(usage);
      }),
    );
  });

  test('refuses a part larger than its whole', () => {
    const pairs = USAGE_UNITS.flatMap((whole) =>
      USAGE_UNITS.filter((part) => isPartOf(part, whole)).map((part) => ({ part, whole })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...pairs), fc.nat(1000), ({ part, whole }, count) => {
        expect(findUsageConflict({ [whole]: count, [part]: count + 1 })).not.toBeNull();
      }),
    );
  });
});
