import { describe, expect, test } from 'vitest';

import {
  calibrate,
  calibrationFactor,
  UNCALIBRATED,
  withObservation,
} from '../../../src/domain/calibration.ts';
import type { Calibration } from '../../../src/domain/calibration.ts';

function observed(...reported: readonly number[]): Calibration {
  return reported.reduce<Calibration>(
    (state, tokens) => withObservation(state, { estimated: 100, reported: tokens }),
    UNCALIBRATED,
  );
}

describe('calibrationFactor', () => {
  test('is one before anything was observed', () => {
    expect(calibrationFactor(UNCALIBRATED)).toBe(1);
  });

  test('is the median of an odd and of an even number of observations', () => {
    expect(calibrationFactor(observed(120))).toBe(1.2);
    expect(calibrationFactor(observed(110, 130))).toBeCloseTo(1.2);
    expect(calibrationFactor(observed(130, 110, 125))).toBe(1.25);
  });

  test('is not moved far by a few answers that are far off', () => {
    expect(calibrationFactor(observed(120, 121, 5_000, 119, 1))).toBe(1.2);
  });

  test('follows a lasting change after half of the window', () => {
    const before = Array.from({ length: 15 }, () => 100);
    const after = Array.from({ length: 8 }, () => 140);
    expect(calibrationFactor(observed(...before, ...after))).toBe(1.4);
  });
});

describe('withObservation', () => {
  test('keeps the latest fifteen', () => {
    const state = observed(...Array.from({ length: 40 }, (_, index) => 100 + index));
    expect(state.ratios).toHaveLength(15);
    expect(state.ratios.at(-1)).toBe(1.39);
  });

  test('clips what is off by more than four times', () => {
    expect(observed(100_000, 1).ratios).toEqual([4, 0.25]);
  });

  test.each([
    [0, 100],
    [100, 0],
    [-1, -1],
    [Number.NaN, 100],
    [100, Number.NaN],
    [Infinity, 100],
    [100, Infinity],
  ])('learns nothing from an estimate of %d and a report of %d', (estimated, reported) => {
    expect(withObservation(UNCALIBRATED, { estimated, reported })).toBe(UNCALIBRATED);
  });

  test('leaves the state it was given as it was', () => {
    const state = observed(120);
    withObservation(state, { estimated: 100, reported: 300 });
    expect(state.ratios).toEqual([1.2]);
  });
});

describe('calibrate', () => {
  test('corrects by the factor, to a whole number', () => {
    expect(calibrate(observed(125), 10)).toBe(13);
    expect(calibrate(UNCALIBRATED, 10)).toBe(10);
  });

  test('keeps nothing at nothing and something at one or more', () => {
    expect(calibrate(observed(25), 0)).toBe(0);
    expect(calibrate(observed(25), -3)).toBe(0);
    expect(calibrate(observed(25), Number.NaN)).toBe(0);
    expect(calibrate(observed(25), 1)).toBe(1);
  });
});
