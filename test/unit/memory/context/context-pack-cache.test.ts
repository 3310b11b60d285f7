import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  ContextPackCache,
  type PackCacheKey,
} from '../../../../src/memory/context/context-pack-cache.ts';
import { packCacheHash, workingSetHash } from '../../../../src/memory/context/working-set-hash.ts';

const KEY: PackCacheKey = {
  sessionId: 's',
  model: 'gpt-4o',
  maxTokens: 8_000,
  mode: 'strict',
  workingSetVersion: 1,
  manifestVersion: 1,
};

function key(fields: Partial<PackCacheKey>): PackCacheKey {
  return { ...KEY, ...fields };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

describe('ContextPackCache', () => {
  test.each([
    { sessionId: 't' },
    { model: 'gpt-4' },
    { maxTokens: Infinity },
    { mode: 'passive' },
    { workingSetVersion: 2 },
    { manifestVersion: 2 },
  ] as const)('M-166 M-W13: %j makes another context', (fields) => {
    const cache = new ContextPackCache<string>();
    cache.put(KEY, 'packed');

    expect(cache.get(key(fields))).toBeNull();
    expect(cache.get(key({}))).toBe('packed');
  });

  test('no id can look like two others', () => {
    const cache = new ContextPackCache<string>();
    cache.put(key({ sessionId: 'a","b', model: 'c' }), 'packed');

    expect(cache.get(key({ sessionId: 'a', model: 'b","c' }))).toBeNull();
  });

  test('M-165: the least recently used goes first', () => {
    const cache = new ContextPackCache<string>(2);
    cache.put(key({ sessionId: 'a' }), 'A');
    cache.put(key({ sessionId: 'b' }), 'B');
    cache.get(key({ sessionId: 'a' }));
    cache.put(key({ sessionId: 'c' }), 'C');

    expect(cache.get(key({ sessionId: 'b' }))).toBeNull();
    expect(cache.get(key({ sessionId: 'a' }))).toBe('A');
    expect(cache.size).toBe(2);
  });

  test('V21 M-W13: putting a context again drops no other', () => {
    const cache = new ContextPackCache<string>(2);
    cache.put(key({ sessionId: 'a' }), 'A');
    cache.put(key({ sessionId: 'b' }), 'B');
    cache.put(key({ sessionId: 'b' }), 'new');

    expect(cache.get(key({ sessionId: 'a' }))).toBe('A');
    expect(cache.get(key({ sessionId: 'b' }))).toBe('new');
    expect(cache.stats().evictions).toBe(0);
  });

  test('M-W13: a capacity of 0 keeps nothing', () => {
    const cache = new ContextPackCache<string>(0);
    cache.put(KEY, 'packed');

    expect(cache.get(KEY)).toBeNull();
    expect(cache.size).toBe(0);
    expect(() => new ContextPackCache(-1)).toThrow(/maxEntries/);
  });

  test('M-165: sessions and everything can be forgotten', () => {
    const cache = new ContextPackCache<string>();
    for (const [sessionId, model] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
    ] as const)
      cache.put(key({ sessionId, model }), 'x');

    expect(cache.invalidateSession('a')).toBe(2);
    expect(cache.invalidateSession('a')).toBe(0);
    expect(cache.invalidateAll()).toBe(1);
    expect(cache.stats()).toMatchObject({ entries: 0, invalidations: 3 });
  });

  test('M-165: counts', () => {
    const cache = new ContextPackCache<string>();
    expect(cache.stats().hitRate).toBe(0);
    cache.put(KEY, 'packed');
    cache.get(KEY);
    cache.get(KEY);
    cache.get(key({ model: 'x' }));

    expect(cache.stats()).toEqual({
      entries: 1,
      hits: 2,
      misses: 1,
      evictions: 0,
      invalidations: 0,
      hitRate: 2 / 3,
    });
  });
});

describe('workingSetHash', () => {
  test.each([
    [[], {}, 'e3b0c44298fc1c14'],
    [['a', 'b', 'c'], {}, 'a52dd81bfd5e4e66'],
    [['c', 'b', 'a'], {}, 'a52dd81bfd5e4e66'],
    [['a', 'b'], { a: 1, b: 2 }, '541b662ccabe89cc'],
    [['a', 'b'], {}, '0eab8a0a3380abf4'],
    [['msg_001', 'msg_002'], {}, 'fadd9de007025c61'],
  ])('V21 M-165: of %j with versions %j', (pageIds, versions, hash) => {
    expect(workingSetHash(pageIds, { sha256, versions })).toBe(hash);
  });

  test('V21 M-165: of all that a context depends on', () => {
    const about = { sessionId: 'sess_001', model: 'gpt-4', maxTokens: 8_000 };

    expect(packCacheHash({ ...about, workingSet: 'fadd9de007025c61' }, sha256)).toBe(
      'eb288422c66a84d5',
    );
  });

  test('sorts by code points, and a page without a version has 0', () => {
    const seen: string[] = [];
    const spy = (text: string): string => {
      seen.push(text);
      return text;
    };
    workingSetHash(['\uffee', '😀', 'ab', 'a'], { sha256: spy, versions: { a: 2 } });

    expect(seen).toEqual(['a:2|ab:0|\uffee:0|😀:0']);
  });
});
