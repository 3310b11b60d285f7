import { describe, expect, test } from 'vitest';
import { searchHints } from '../../../../src/memory/search/hint-search.ts';

const PAGES = [
  { pageId: 'p1', hint: 'Redis cache' },
  { pageId: 'p2', hint: 'about cats' },
  { pageId: 'redis_page', hint: '' },
  { pageId: 'p3', hint: 'cache of REDIS' },
];

describe('searchHints', () => {
  test('M-152: M-W24: finds ids with relevance 1 before hints with 0.8, in whatever case', () => {
    expect(searchHints(PAGES, ' rEDIS ')).toEqual([
      { pageId: 'redis_page', relevance: 1 },
      { pageId: 'p1', relevance: 0.8 },
      { pageId: 'p3', relevance: 0.8 },
    ]);
  });

  test('M-152: takes a query as it stands', () => {
    expect(searchHints(PAGES, 'redis cache').map(({ pageId }) => pageId)).toEqual(['p1']);
    expect(searchHints(PAGES, 'cache redis')).toEqual([]);
  });

  test('M-W24: finds nothing for an empty query', () => {
    expect([searchHints(PAGES, ''), searchHints(PAGES, ' ')]).toEqual([[], []]);
  });
});
