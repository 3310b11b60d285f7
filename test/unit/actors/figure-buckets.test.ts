import { expect, test } from 'vitest';
import { FigureBuckets, noFigures, sumFigures } from '../../../src/actors/figure-buckets.ts';

test('counts a value where the bound is not exceeded, and what exceeds all of them at the end', () => {
  const buckets = new FigureBuckets([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, Infinity]) buckets.add(value);

  expect(buckets.counts()).toEqual([2, 2, 2]);
});

test('counts that were handed out do not change any more', () => {
  const buckets = new FigureBuckets([1]);
  const before = buckets.counts();
  buckets.add(0);

  expect(before).toEqual(noFigures([1]));
  expect(sumFigures(before, buckets.counts())).toEqual([1, 0]);
});
