import { describe, expect, test } from 'vitest';
import { SessionAwareCache } from '../../../../src/memory/eviction/session-aware.ts';
import type { ChainPage } from '../../../../src/memory/eviction/session-aware.ts';

const SECOND_MS = 1000;

/** The pages of a session behind a prompt that all sessions share. */
function chainOf(session: string, pages: number): readonly ChainPage[] {
  return [
    { key: 'system', bytes: 1 },
    ...Array.from({ length: pages }, (_, index) => ({ key: `${session}/${index}`, bytes: 1 })),
  ];
}

describe('SessionAwareCache', () => {
  test('says what to load and what to drop', () => {
    const cache = new SessionAwareCache({ maxBytes: 4 });
    expect(cache.touch(chainOf('a', 2), 0)).toEqual({
      missing: ['system', 'a/0', 'a/1'],
      evicted: [],
    });
    expect(cache.touch(chainOf('a', 3), 0)).toEqual({ missing: ['a/2'], evicted: [] });
    const { missing, evicted } = cache.touch(chainOf('b', 1), SECOND_MS);
    expect(missing).toEqual(['b/0']);
    expect(evicted).toHaveLength(1);
    expect(cache.usedBytes).toBe(4);
  });

  test('drops the end of a session first', () => {
    const cache = new SessionAwareCache({ maxBytes: 6 });
    cache.touch(chainOf('a', 5), 0);
    const { evicted } = cache.touch([{ key: 'z/0', bytes: 3 }], 600 * SECOND_MS);
    expect(evicted).toEqual(['a/4', 'a/3', 'a/2']);
  });

  test('keeps sessions that people come back to, and what they share, among many that nobody comes back to', () => {
    const cache = new SessionAwareCache({ maxBytes: 60 });
    let found = 0;
    let asked = 0;
    for (let round = 0; round < 300; round += 1) {
      const nowMs = round * 10 * SECOND_MS;
      for (let one = 0; one < 3; one += 1) cache.touch(chainOf(`once-${round}-${one}`, 6), nowMs);
      // Each of six is used every minute; a queue of 60 pages holds half a minute.
      const chain = chainOf(`often-${round % 6}`, 6);
      const { missing } = cache.touch(chain, nowMs);
      if (round < 150) continue;
      found += chain.length - missing.length;
      asked += chain.length;
    }
    expect(cache.has('system')).toBe(true);
    expect(found / asked).toBeGreaterThan(0.8);
  });

  test('counts a page that is named twice once', () => {
    const cache = new SessionAwareCache({ maxBytes: 10 });
    const page = { key: 'a', bytes: 2 };
    expect(cache.touch([page, page], 0).missing).toEqual(['a']);
    expect(cache.usedBytes).toBe(2);
  });

  test('takes the size that a page has now', () => {
    const cache = new SessionAwareCache({ maxBytes: 10 });
    cache.touch([{ key: 'a', bytes: 2 }], 0);
    cache.touch([{ key: 'a', bytes: 7 }], 1);
    expect(cache.usedBytes).toBe(7);
  });

  test('does not keep what exceeds the budget alone', () => {
    const cache = new SessionAwareCache({ maxBytes: 10 });
    expect(cache.touch([{ key: 'a', bytes: 11 }], 0).evicted).toEqual(['a']);
    expect([cache.size, cache.usedBytes]).toEqual([0, 0]);
  });

  test('forgets pages that are removed, in memory or not', () => {
    const cache = new SessionAwareCache({ maxBytes: 3 });
    cache.touch(chainOf('a', 2), 0);
    expect([cache.remove('a/0'), cache.remove('a/0'), cache.remove('never')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([cache.size, cache.ghostCount]).toEqual([2, 0]);
    cache.touch([{ key: 'large', bytes: 3 }], 1);
    const ghosts = cache.ghostCount;
    expect(ghosts).toBeGreaterThan(0);
    for (const key of ['system', 'a/1', 'large']) cache.remove(key);
    expect([cache.size, cache.usedBytes, cache.ghostCount]).toEqual([0, 0, 0]);
  });

  test.each([
    ['options.maxBytes', { maxBytes: 0 }],
    ['options', { maxBytes: 1, maxPages: 2 }],
  ])('refuses what is wrong: %s', (field, options) => {
    expect(() => new SessionAwareCache(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: expect.stringContaining(field) }),
    );
  });

  test('refuses sizes and times that are none, without any effect', () => {
    const cache = new SessionAwareCache({ maxBytes: 10 });
    for (const bytes of [-1, 0.5, Number.NaN]) {
      expect(() =>
        cache.touch(
          [
            { key: 'a', bytes: 1 },
            { key: 'b', bytes },
          ],
          0,
        ),
      ).toThrow(/bytes/);
    }
    expect(() => cache.touch(chainOf('a', 1), Number.NaN)).toThrow(/nowMs/);
    expect(cache.size).toBe(0);
  });
});
