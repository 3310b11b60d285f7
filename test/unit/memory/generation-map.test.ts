import { describe, expect, test } from 'vitest';
import { GenerationMap } from '../../../src/memory/generation-map.ts';

describe('GenerationMap', () => {
  test('forgets what was not asked for in two generations', () => {
    const map = new GenerationMap<string, number>();
    map.set('used', 1);
    map.set('unused', 2);

    map.begin();
    expect(map.get('used')).toBe(1);
    map.begin();

    expect(map.get('used')).toBe(1);
    expect(map.get('unused')).toBeUndefined();
    expect(map.size).toBe(1);
  });

  test('holds at most two generations of a size', () => {
    const map = new GenerationMap<number, number>(3);

    for (let key = 0; key < 100; key += 1) {
      map.set(key, key);
      expect(map.get(key)).toBe(key);
      expect(map.size).toBeLessThanOrEqual(6);
    }
    expect(map.get(0)).toBeUndefined();
  });

  test('a later value takes the place of an earlier one', () => {
    const map = new GenerationMap<string, number>(1);
    map.set('a', 1);
    map.set('b', 2);

    map.set('a', 3);
    map.set('a', 4);

    expect(map.get('a')).toBe(4);
    expect(map.get('b')).toBe(2);
    expect(map.size).toBe(2);
  });
});
