import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';
import type { SearchOptions } from '../../../../src/memory/search/search-index.ts';
import type { SearchFilter, SearchPage } from '../../../../src/memory/search/search-page.ts';

function indexOf(...pages: readonly SearchPage[]): SearchIndex {
  const index = new SearchIndex();
  for (const page of pages) index.add(page);
  return index;
}

function idsFor(index: SearchIndex, query: string, options?: SearchOptions): readonly string[] {
  return index.search(query, options).map(({ page }) => page.id);
}

/** Five pages about a cache, and one whose id alone says so. */
function redisPages(): SearchIndex {
  const pages = Array.from({ length: 5 }, (_, at) => ({ id: `p${at}`, text: 'redis cache' }));
  return indexOf(...pages, { id: 'redis_page', text: '' });
}

describe('SearchIndex.count', () => {
  test('M-154: counts what a search without a limit would find', () => {
    const index = redisPages();
    index.remove('p3');
    const filter: SearchFilter = { tiers: ['L1'] };
    expect(index.count('redis')).toBe(index.search('redis', { limit: 1_000 }).length);
    expect(index.count('redis cache')).toBe(5);
    expect(index.count('p1')).toBe(1);
    expect(index.count('telescope')).toBe(0);
    expect(index.count('redis', filter)).toBe(0);
    index.move('p2', 'L1');
    expect(index.count('redis', filter)).toBe(1);
    expect(() => index.count('redis', { tiers: ['L9' as 'L1'] })).toThrow(InvalidInput);
  });
});

describe('SearchIndex.search', () => {
  test('V17: M-W24: M-154: ranks all matches before it cuts them', () => {
    expect(idsFor(redisPages(), 'redis', { limit: 2 })[0]).toBe('redis_page');
    expect(redisPages().search('redis', { limit: 1 })[0]!.relevance).toBe(1);
  });

  test('V17: M-W24: the order of words makes no difference', () => {
    expect(idsFor(redisPages(), 'cache redis', { limit: 10 })).toHaveLength(6);
  });

  test('V17: M-W24: an empty query and one of stop words find nothing', () => {
    expect(idsFor(redisPages(), '')).toEqual([]);
    expect(idsFor(redisPages(), '  ')).toEqual([]);
    expect(idsFor(redisPages(), 'what is the')).toEqual([]);
  });

  test('V17: M-W24: M-154: refuses limits that make no sense', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, 1_001])
      expect(() => redisPages().search('redis', { limit })).toThrow(InvalidInput);
  });

  test('V17: M-152: a page is found by its id, which comes first', () => {
    const index = indexOf({ id: 'p1', text: 'cats rule' }, { id: 'cats_page', text: 'dogs' });

    expect(idsFor(index, 'cats')).toEqual(['cats_page', 'p1']);
    expect(idsFor(index, 'p1')).toEqual(['p1']);
    expect(idsFor(index, 'dogs p1')).toEqual(['p1', 'cats_page']);
  });

  test('M-155: M-W69: finds content and hints alike', () => {
    const index = indexOf(
      { id: 'a', text: 'We decided to paint the fence green.' },
      { id: 'b', text: '[tool] get_weather {"city":"Oslo"}', role: 'tool', type: 'artifact' },
    );

    expect(idsFor(index, 'painted fences')).toEqual(['a']);
    expect(idsFor(index, 'weather in Oslo')).toEqual(['b']);
    expect(idsFor(index, 'get_weather')).toEqual(['b']);
  });

  test('rare words count more than common ones, and long pages less', () => {
    const filler = Array.from({ length: 20 }, (_, at) => ({ id: `f${at}`, text: 'project plan' }));
    const index = indexOf(...filler, { id: 'rare', text: 'project zebra' });

    expect(idsFor(index, 'plan zebra')[0]).toBe('rare');
    expect(
      idsFor(
        indexOf(
          { id: 'long', text: `zebra ${'word '.repeat(99)}` },
          { id: 'short', text: 'zebra' },
        ),
        'zebra',
      ),
    ).toEqual(['short', 'long']);
  });

  test('of equals the later page comes first', () => {
    const index = indexOf({ id: 'a', text: 'equal' }, { id: 'b', text: 'equal' });

    expect(idsFor(index, 'equal')).toEqual(['b', 'a']);
  });
});

describe('SearchIndex filters', () => {
  const index = indexOf(
    { id: 'u', text: 'zebra', role: 'user', createdAtMs: 1_000 },
    { id: 't', text: 'zebra', role: 'tool', type: 'artifact', tier: 'L3', createdAtMs: 2_000 },
    { id: 'i', text: 'zebra', modality: 'image', type: 'claim' },
  );

  test('M-154: by type, modality, tier and role', () => {
    expect(idsFor(index, 'zebra', { filter: { types: ['claim', 'artifact'] } })).toEqual([
      'i',
      't',
    ]);
    expect(idsFor(index, 'zebra', { filter: { modalities: ['image'] } })).toEqual(['i']);
    expect(idsFor(index, 'zebra', { filter: { tiers: ['L3'] } })).toEqual(['t']);
    expect(idsFor(index, 'zebra', { filter: { roles: ['user'] } })).toEqual(['u']);
    expect(idsFor(index, 'zebra', { filter: { roles: [] } })).toEqual([]);
  });

  test('M-W24: M-154: refuses what no page can be', () => {
    for (const filter of [{ modalities: ['bogus'] }, { types: ['user'] }, { tiers: ['L9'] }])
      expect(() => index.search('zebra', { filter: filter as SearchFilter })).toThrow(InvalidInput);
  });

  test('M-154: by time, the end excluded', () => {
    expect(idsFor(index, 'zebra', { filter: { fromMs: 1_000, untilMs: 2_000 } })).toEqual(['u']);
    expect(idsFor(index, 'zebra', { filter: { fromMs: 1_001 } })).toEqual(['t']);
  });

  test('before the cut, so that filtered pages take no place', () => {
    expect(idsFor(index, 'zebra', { limit: 1, filter: { roles: ['user'] } })).toEqual(['u']);
  });
});

describe('SearchIndex changes', () => {
  test('refuses an id that is there', () => {
    const index = indexOf({ id: 'a', text: 'one' });

    expect(() => index.add({ id: 'a', text: 'two' })).toThrow(InvalidInput);
    expect(idsFor(index, 'one')).toEqual(['a']);
  });

  test('an update replaces the text and keeps the place', () => {
    const index = indexOf({ id: 'a', text: 'old' }, { id: 'b', text: 'new' });

    expect(index.update({ id: 'a', text: 'new', type: 'claim' })).toBe(true);
    expect(index.update({ id: 'c', text: 'new' })).toBe(false);
    expect(idsFor(index, 'old')).toEqual([]);
    expect(idsFor(index, 'new')).toEqual(['b', 'a']);
    expect(index.size).toBe(2);
  });

  test('a removed page is gone, and its room is given back in time', () => {
    const index = new SearchIndex();
    for (let at = 0; at < 2_000; at += 1) {
      index.add({ id: `p${at}`, text: `word${at} shared` });
      index.remove(`p${at - 1}`);
    }

    expect(index.remove('p0')).toBe(false);
    expect(idsFor(index, 'shared')).toEqual(['p1999']);
    expect(index.stats).toMatchObject({ pages: 1, postings: 2, dropped: 0 });
    expect(index.stats.terms).toBeLessThan(2_000);
  });

  test('a page that moves is found in its new tier', () => {
    const index = indexOf({ id: 'a', text: 'zebra' });

    expect(index.move('a', 'L4')).toBe(true);
    expect(index.move('b', 'L4')).toBe(false);
    expect(idsFor(index, 'zebra', { filter: { tiers: ['L4'] } })).toEqual(['a']);
  });

  test('the oldest pages leave when a limit is passed', () => {
    const byPages = new SearchIndex({ maxPages: 2 });
    const byPostings = new SearchIndex({ maxPostings: 4 });
    for (const index of [byPages, byPostings]) {
      for (const id of ['1', '2', '3']) index.add({ id, text: `common word${id}` });
      expect(idsFor(index, 'common')).toEqual(['3', '2']);
      expect(index.stats.dropped).toBe(1);
    }
  });

  test('no more than the beginning of a page is indexed', () => {
    const index = new SearchIndex({ maxPageLength: 10 });
    index.add({ id: 'a', text: 'beginning and end' });

    expect(idsFor(index, 'beginning')).toEqual(['a']);
    expect(idsFor(index, 'end')).toEqual([]);
  });

  test('refuses options out of range', () => {
    for (const options of [
      { maxPages: 0 },
      { maxPostings: -1 },
      { k1: -1 },
      { b: 2 },
      { maxPageLength: Number.NaN },
    ])
      expect(() => new SearchIndex(options)).toThrow(InvalidInput);
  });
});

describe('SearchIndex.decode', () => {
  const index = indexOf(
    { id: 'a', text: 'the zebra?', speaker: 'Ann', createdAtMs: 1.5 },
    { id: '\uD800', text: 'zebra stripes', role: 'user', type: 'claim', tier: 'L4' },
  );

  test('gives what was encoded', () => {
    const copy = SearchIndex.decode(index.encode());

    expect(copy.search('zebra')).toEqual(index.search('zebra'));
    expect(copy.encode()).toEqual(index.encode());
    expect(copy.stats.postings).toBe(index.stats.postings);
  });

  test('refuses bytes of a newer version', () => {
    const bytes = index.encode();
    bytes[0] = 2;

    expect(() => SearchIndex.decode(bytes)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_TOO_NEW' }),
    );
  });

  test('refuses bytes that end early, go on, or mean nothing', () => {
    const bytes = index.encode();
    const corrupt: unknown = expect.objectContaining({ code: 'CORRUPT_RECORD' });

    for (let length = 0; length < bytes.length; length += 1)
      expect(() => SearchIndex.decode(bytes.subarray(0, length))).toThrow(corrupt);
    expect(() => SearchIndex.decode(new Uint8Array([...bytes, 0]))).toThrow(corrupt);
    expect(() => SearchIndex.decode(new Uint8Array(40).fill(0xff))).toThrow(corrupt);
  });
});
