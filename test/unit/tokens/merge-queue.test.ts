import { describe, expect, test } from 'vitest';

import { MergeQueue, mergeKey, positionIn, rankIn } from '../../../src/tokens/merge-queue.ts';

describe('MergeQueue', () => {
  test('gives the lowest rank first and the leftmost of equal ones', () => {
    const queue = new MergeQueue();
    const merges = [
      [7, 1],
      [3, 9],
      [3, 2],
      [0, 5],
      [7, 0],
    ] as const;
    for (const [rank, position] of merges) queue.push(mergeKey(rank, position));
    const order = merges.map(() => queue.pop()).map((key) => [rankIn(key), positionIn(key)]);
    expect(order).toEqual([
      [0, 5],
      [3, 2],
      [3, 9],
      [7, 0],
      [7, 1],
    ]);
    expect(queue.size).toBe(0);
  });

  test('sorts more than it was made for', () => {
    const queue = new MergeQueue();
    const keys = Array.from({ length: 1000 }, (_, index) => mergeKey((index * 7919) % 1000, index));
    for (const key of keys) queue.push(key);
    expect(keys.map(() => queue.pop())).toEqual(keys.toSorted((a, b) => a - b));
  });

  test('keeps the largest rank and position apart', () => {
    const key = mergeKey(199_997, 2 ** 31 - 1);
    expect([rankIn(key), positionIn(key)]).toEqual([199_997, 2 ** 31 - 1]);
  });
});
