import { describe, expect, test } from 'vitest';

import { largestFitting } from '../../../src/tokens/largest-fitting.ts';

describe('largestFitting', () => {
  test.each([0, 1, 41, 99, 100])('finds %i', (answer) => {
    expect(largestFitting(100, (value) => value <= answer)).toBe(answer);
  });

  test('takes zero to fit without asking', () => {
    expect(largestFitting(10, () => false)).toBe(0);
    expect(largestFitting(0, () => false)).toBe(0);
  });
});
