import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  calibrate,
  calibrationFactor,
  type Calibrations,
  MAX_RATIO,
  withObservation,
} from '../../../src/domain/calibration.ts';

const MODEL = 'm';

const observations = fc.array(
  fc.record({ estimated: fc.double(), reported: fc.oneof(fc.double(), fc.nat(100_000)) }),
  { maxLength: 60 },
);

function observe(
  list: readonly { estimated: number; reported: number }[],
  from: Calibrations = [],
): Calibrations {
  return list.reduce<Calibrations>(
    (known, observation) => withObservation(known, { model: MODEL, ...observation }),
    from,
  );
}

describe('calibration', () => {
  test('stays within its bounds whatever is observed', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const known = observe(list);
        expect(known[0]?.ratios.length ?? 0).toBeLessThanOrEqual(15);
        expect(calibrationFactor(known, MODEL)).toBeGreaterThanOrEqual(1 / MAX_RATIO);
        expect(calibrationFactor(known, MODEL)).toBeLessThanOrEqual(MAX_RATIO);
      }),
    );
  });

  test('finds a steady factor despite a third of answers that are anything', () => {
    const factors = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        factors,
        fc.array(fc.nat(1_000_000), { minLength: 5, maxLength: 5 }),
        (factor, noise) => {
          const steady = Array.from({ length: 10 }, (_, index) => 1_000 + index);
          const honest = steady.map((estimated) => ({ estimated, reported: estimated * factor }));
          const wild = noise.map((reported) => ({ estimated: 1_000, reported }));
          const known = observe([...honest, ...wild]);
          expect(calibrationFactor(known, MODEL)).toBeCloseTo(factor, 2);
        },
      ),
    );
  });

  test('depends on the latest fifteen usable observations only', () => {
    const usable = fc.record({
      estimated: fc.integer({ min: 100, max: 199 }),
      reported: fc.integer({ min: 100, max: 199 }),
    });
    fc.assert(
      fc.property(
        observations,
        fc.array(usable, { minLength: 15, maxLength: 15 }),
        (earlier, latest) => {
          expect(observe(latest, observe(earlier))).toEqual(observe(latest));
        },
      ),
    );
  });

  test('corrects to a whole number that grows with the estimate', () => {
    fc.assert(
      fc.property(observations, fc.nat(100_000), fc.nat(1_000), (list, tokens, more) => {
        const factor = calibrationFactor(observe(list), MODEL);
        const corrected = calibrate(tokens, factor);
        expect(Number.isSafeInteger(corrected)).toBe(true);
        expect(corrected > 0).toBe(tokens > 0);
        expect(calibrate(tokens + more, factor)).toBeGreaterThanOrEqual(corrected);
      }),
    );
  });
});
