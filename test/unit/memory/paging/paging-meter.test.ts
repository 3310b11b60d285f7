import { describe, expect, test } from 'vitest';
import { PagingMeter } from '../../../../src/memory/paging/paging-meter.ts';

describe('PagingMeter', () => {
  test('M-161: the hit rate is the share of loaded pages that were used in time', () => {
    const meter = new PagingMeter(2);
    meter.recordLoad('demand', 1, ['a', 'b', 'c']);
    meter.recordLoad('prefetch', 1, ['p']);
    meter.recordUse('a');
    meter.startTurn(2);
    meter.recordUse('b');
    meter.startTurn(3);
    meter.recordUse('c');
    meter.recordLoad('demand', 3, ['d']);

    expect(meter.figures('demand')).toEqual({
      loaded: 4,
      used: 2,
      wasted: 1,
      open: 1,
      hitRate: 2 / 3,
    });
    expect(meter.figures('prefetch')).toMatchObject({ loaded: 1, wasted: 1, hitRate: 0 });
  });

  test('M-161: counts a page once, and none that was not loaded ahead', () => {
    const meter = new PagingMeter();
    meter.recordLoad('demand', 1, ['a', 'a']);
    meter.recordLoad('prefetch', 1, ['a']);
    meter.recordUse('a');
    meter.recordUse('a');
    meter.recordUse('z');

    expect(meter.figures('demand')).toMatchObject({ loaded: 1, used: 1, hitRate: 1 });
    expect(meter.figures('prefetch')).toMatchObject({ loaded: 0, hitRate: null });
  });

  test('keeps no more open windows than it may', () => {
    const meter = new PagingMeter(Infinity);
    meter.recordLoad(
      'demand',
      1,
      Array.from({ length: 10_000 }, (_, at) => `p${at}`),
    );

    expect(meter.figures('demand')).toMatchObject({ loaded: 10_000, open: 4_096, wasted: 5_904 });
  });
});
