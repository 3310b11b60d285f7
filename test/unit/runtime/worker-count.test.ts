import { describe, expect, test } from 'vitest';
import { spareWorkers, workerCount } from '../../../src/runtime/worker-count.ts';

describe('workerCount', () => {
  test('takes a number as it is', () => {
    expect(workerCount(3, { isRedis: false }, 1)).toBe(3);
  });

  test.each([
    [2, true, 0],
    [3, true, 0],
    [4, true, 2],
    [10, true, 8],
    [64, true, 8],
    [64, false, 0],
  ])('finds with %s cores and a Redis (%s) that %s pay', (cores, hasRedis, expected) => {
    expect(workerCount('auto', { isRedis: hasRedis }, cores)).toBe(expected);
  });

  test.each([
    [3, 0],
    [4, 2],
    [64, 8],
  ])('has of %s cores threads to spare for %s', (cores, expected) => {
    expect(spareWorkers(cores)).toBe(expected);
  });
});
