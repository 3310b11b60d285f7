import { describe, expect, test } from 'vitest';
import { PageTlb } from '../../../../src/memory/table/page-tlb.ts';

function tlbOf(maxEntries: number, ...ids: readonly string[]): PageTlb<string> {
  const tlb = new PageTlb<string>(maxEntries);
  for (const id of ids) tlb.insert(id, `entry of ${id}`);
  return tlb;
}

/** Which of these are kept; looking changes neither their order nor the ones that were there. */
function keptOf(tlb: PageTlb<string>, ids: readonly string[]): readonly string[] {
  return ids.filter((id) => tlb.lookup(id) !== null);
}

describe('PageTlb', () => {
  test('V22: M-77: drops the entry that was used longest ago', () => {
    const tlb = tlbOf(2, 'a', 'b');
    expect(tlb.lookup('a')).toBe('entry of a');
    tlb.insert('c', 'entry of c');
    expect(tlb.lookup('b')).toBeNull();
    expect(tlb.stats()).toEqual({
      size: 2,
      maxSize: 2,
      utilization: 1,
      hits: 1,
      misses: 1,
      hitRate: 0.5,
    });
    expect(keptOf(tlb, ['a', 'b', 'c'])).toEqual(['a', 'c']);
  });

  test('M-77: replaces an entry without dropping another, and takes it for used', () => {
    const tlb = tlbOf(2, 'a', 'b');
    tlb.insert('a', 'new');
    expect(tlb.size).toBe(2);
    tlb.insert('c', 'entry of c');
    expect(tlb.lookup('a')).toBe('new');
    expect(tlb.lookup('b')).toBeNull();
  });

  test('M-78: forgets one entry, those of a kind, or all, and says how many that were', () => {
    const tlb = tlbOf(8, 'a', 'b', 'c', 'd', 'e');
    expect([tlb.invalidate('a'), tlb.invalidate('a')]).toEqual([true, false]);
    expect(tlb.invalidateWhere((entry) => entry < 'entry of d')).toBe(2);
    expect(keptOf(tlb, ['a', 'b', 'c', 'd', 'e'])).toEqual(['d', 'e']);
    expect([tlb.flush(), tlb.flush(), tlb.size]).toEqual([2, 0, 0]);
  });

  test('M-79: a rate is 0 before the first look-up, and counting begins anew on request', () => {
    const tlb = tlbOf(4, 'a');
    expect(tlb.stats()).toMatchObject({ utilization: 0.25, hits: 0, misses: 0, hitRate: 0 });
    keptOf(tlb, ['a', 'a', 'a', 'b']);
    expect(tlb.stats()).toMatchObject({ hits: 3, misses: 1, hitRate: 0.75 });
    tlb.resetStats();
    expect(tlb.stats()).toMatchObject({ size: 1, hits: 0, misses: 0, hitRate: 0 });
  });

  test('V22: M-79: one without places keeps nothing', () => {
    const tlb = tlbOf(0, 'a', 'b');
    expect(tlb.lookup('b')).toBeNull();
    expect(tlb.stats()).toMatchObject({ size: 0, maxSize: 0, utilization: 0, misses: 1 });
  });
});
