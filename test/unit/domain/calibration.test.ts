import { describe, expect, test } from 'vitest';

import {
  calibrate,
  calibratedName,
  calibrationFactor,
  type Calibrations,
  MAX_CALIBRATED_MODELS,
  withObservation,
} from '../../../src/domain/calibration.ts';

const MODEL = 'claude-sonnet-4-5';

function observed(...reported: readonly number[]): Calibrations {
  return reported.reduce<Calibrations>(
    (known, tokens) => withObservation(known, { model: MODEL, estimated: 100, reported: tokens }),
    [],
  );
}

function factorOf(...reported: readonly number[]): number {
  return calibrationFactor(observed(...reported), MODEL);
}

describe('calibrationFactor', () => {
  test('is one before three answers were observed', () => {
    expect(calibrationFactor([], MODEL)).toBe(1);
    expect(factorOf(200, 200)).toBe(1);
    expect(factorOf(200, 200, 200)).toBe(2);
  });

  test('is the median of an odd and of an even number of observations', () => {
    expect(factorOf(130, 110, 125)).toBe(1.25);
    expect(factorOf(110, 130, 120, 100)).toBeCloseTo(1.15);
  });

  test('is not moved far by a few answers that are off', () => {
    expect(factorOf(120, 121, 290, 119, 40)).toBe(1.2);
  });

  test('follows a lasting change after half of the window', () => {
    const before = Array.from({ length: 15 }, () => 100);
    const after = Array.from({ length: 8 }, () => 140);
    expect(factorOf(...before, ...after)).toBe(1.4);
  });

  test('holds for every version of a model, and for no other model', () => {
    const known = observed(150, 150, 150);
    for (const model of [`${MODEL}-20250929`, `anthropic/${MODEL}`, `${MODEL}@20250929`])
      expect(calibrationFactor(known, model)).toBe(1.5);
    expect(calibrationFactor(known, 'claude-opus-4-5')).toBe(1);
  });
});

describe('withObservation', () => {
  test('keeps the latest fifteen', () => {
    const [entry] = observed(...Array.from({ length: 40 }, (_, index) => 100 + index));
    expect(entry?.ratios).toHaveLength(15);
    expect(entry?.ratios.at(-1)).toBe(1.39);
  });

  test('leaves out what is off by more than three times: that was no text', () => {
    expect(observed(100_000, 301, 33, 1)).toEqual([]);
    expect(observed(300, 34)).toEqual([{ model: MODEL, ratios: [3, 0.34] }]);
  });

  test.each([
    [0, 100],
    [29, 29],
    [100, 0],
    [-1, -1],
    [Number.NaN, 100],
    [100, Number.NaN],
    [Infinity, 100],
    [100, Infinity],
  ])('learns nothing from an estimate of %d and a report of %d', (estimated, reported) => {
    const known = observed(120);
    expect(withObservation(known, { model: MODEL, estimated, reported })).toBe(known);
  });

  test('leaves what it was given as it was', () => {
    const known = observed(120);
    withObservation(known, { model: MODEL, estimated: 100, reported: 250 });
    expect(known).toEqual([{ model: MODEL, ratios: [1.2] }]);
  });

  test('forgets the model that was not heard of for longest, also one whose name is a number', () => {
    const names = ['7', ...Array.from({ length: MAX_CALIBRATED_MODELS }, (_, n) => `m-${n}`), '4'];
    const known = names.reduce<Calibrations>(
      (before, model) => withObservation(before, { model, estimated: 100, reported: 110 }),
      [],
    );
    expect(known.map((entry) => entry.model)).toEqual(names.slice(-MAX_CALIBRATED_MODELS));
  });
});

test.each([
  ['gpt-5-2025-08-07', 'gpt-5'],
  ['Claude-3-5-Sonnet-latest', 'claude-3-5-sonnet'],
  ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['llama-3.1-70b', 'llama-3.1-70b'],
])('calibratedName: %s is a version of %s', (model, name) => {
  expect(calibratedName(model)).toBe(name);
});

describe('calibrate', () => {
  test('corrects by the factor, to a whole number', () => {
    expect(calibrate(10, 1.25)).toBe(13);
    expect(calibrate(10, 1)).toBe(10);
  });

  test('keeps nothing at nothing and something at one or more', () => {
    expect(calibrate(0, 0.5)).toBe(0);
    expect(calibrate(-3, 0.5)).toBe(0);
    expect(calibrate(Number.NaN, 0.5)).toBe(0);
    expect(calibrate(1, 0.34)).toBe(1);
  });
});
