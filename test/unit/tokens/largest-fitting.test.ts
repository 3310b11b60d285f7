import { describe, expect, test } from 'vitest';

import { largestFitting, largestFittingNear } from '../../../src/tokens/largest-fitting.ts';

describe('largestFitting', () => {
  test.each([0, 1, 41, 99, 100])('finds %i', (answer) => {
    expect(largestFitting(100, (value) => value <= answer)).toBe(answer);
  });

  test('takes zero to fit without asking', () => {
    expect(largestFitting(10, () => false)).toBe(0);
    expect(largestFitting(0, () => false)).toBe(0);
  });
});

describe('largestFittingNear', () => {
  test('finds what there is, from any guess', () => {
    for (let answer = 0; answer <= 40; answer += 1) {
      for (const guess of [-3, 0, 1, answer - 1, answer, answer + 1, 20, 40, 99]) {
        const found = largestFittingNear(guess, 40, (value) => {
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThanOrEqual(40);
          return value <= answer;
        });
        expect(found).toBe(answer);
      }
    }
  });

  test.each([
    [50, 2],
    [51, 2],
    [49, 4],
    [100, 12],
    [1, 12],
  ])('from %i asks at most %i times', (guess, most) => {
    let questions = 0;

    largestFittingNear(guess, 100, (value) => {
      questions += 1;
      return value <= 50;
    });

    expect(questions).toBeLessThanOrEqual(most);
  });
});
