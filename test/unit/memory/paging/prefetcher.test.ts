import { describe, expect, test } from 'vitest';
import { Prefetcher } from '../../../../src/memory/paging/prefetcher.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';

const CLAIMS = ['c1', 'c2', 'c3', 'c4'];
const USES = { t1: 9, t2: 8, c1: 3, c2: 5, c3: 1, c4: 1 };

function indexOfPages(): SearchIndex {
  const index = new SearchIndex();
  for (const id of CLAIMS) index.add({ id, text: id, type: 'claim' });
  for (const id of ['t1', 't2', 's9', 'x', 'y', 'z', 'q']) index.add({ id, text: id });
  return index;
}

function usedPrefetcher(): Prefetcher {
  const prefetcher = new Prefetcher();
  for (const [id, count] of Object.entries(USES))
    for (let use = 0; use < count; use += 1) prefetcher.recordUse(id);
  prefetcher.setLastSummary('s9');
  prefetcher.recordToolCall({ tool: 'w', turn: 1, pagesBefore: ['x', 'y'] });
  prefetcher.recordToolCall({ tool: 'k', turn: 2 });
  prefetcher.recordToolCall({ tool: 'w', turn: 2, pagesBefore: ['y', 'z', 'y'] });
  prefetcher.recordToolCall({ tool: 'o', turn: 2, pagesBefore: ['c2', 'q'] });
  return prefetcher;
}

describe('Prefetcher', () => {
  test('V20: M-162: M-164: M-W26: counts uses, tools and what was used before them', () => {
    const prefetcher = usedPrefetcher();

    expect(prefetcher.likelyTools()).toEqual(['w', 'k', 'o']);
    expect(prefetcher.pagesOfTool('w')).toEqual(['y', 'x', 'z']);
    expect(prefetcher.pagesOfTool('unknown')).toEqual([]);
    expect(prefetcher.stats).toEqual({ tools: 3, pages: 6, uses: 27 });
  });

  test('M-162: M-W26: the claims used most, however often other pages were used', () => {
    const prefetcher = usedPrefetcher();

    expect(prefetcher.topClaims(indexOfPages())).toEqual(['c2', 'c1', 'c3']);
    expect(prefetcher.topClaims(indexOfPages(), 1)).toEqual(['c2']);
    for (let page = 0; page < 50; page += 1)
      for (let use = 0; use < 9; use += 1) prefetcher.recordUse(`busy${page}`);
    expect(prefetcher.topClaims(indexOfPages())).toEqual(['c2', 'c1', 'c3']);
  });

  test('V20: M-163: a turn starts with the last summary, the claims and the pages of likely tools', () => {
    const options = { turn: 3, index: indexOfPages(), resident: new Set<string>() };

    expect(usedPrefetcher().startTurn(options)).toEqual([
      's9',
      'c2',
      'c1',
      'c3',
      'y',
      'x',
      'z',
      'q',
    ]);
  });

  test('M-163: leaves out what is in the context and what is gone', () => {
    const index = indexOfPages();
    index.remove('y');

    expect(usedPrefetcher().startTurn({ turn: 3, index, resident: new Set(['s9', 'c1']) })).toEqual(
      ['c2', 'c3', 'c4', 'x', 'z', 'q'].filter((id) => id !== 'c4'),
    );
  });

  test('M-W26: tools that were not called for some turns are not likely', () => {
    const prefetcher = usedPrefetcher();

    expect(prefetcher.likelyTools(6)).toEqual(['w', 'k', 'o']);
    expect(prefetcher.likelyTools(7)).toEqual([]);
    expect(prefetcher.likelyTools(7, 10)).toEqual(['w', 'k', 'o']);
  });

  test('M-W38: forgets what is used least lately, and pages that are gone', () => {
    const prefetcher = new Prefetcher({ maxCountedPages: 2, maxCountedTools: 1 });
    for (const id of ['c1', 'c2', 'c1', 'c3']) prefetcher.recordUse(id);
    prefetcher.recordToolCall({ tool: 'old', turn: 1, pagesBefore: ['x'] });
    prefetcher.recordToolCall({ tool: 'new', turn: 2, pagesBefore: ['x', 'y'] });
    prefetcher.setLastSummary('s9');

    expect(prefetcher.topClaims(indexOfPages())).toEqual(['c1', 'c3']);
    expect(prefetcher.likelyTools()).toEqual(['new']);

    for (const id of ['c1', 'x', 's9', 'unknown']) prefetcher.forget(id);
    expect(prefetcher.startTurn({ turn: 2, index: indexOfPages(), resident: new Set() })).toEqual([
      'c3',
      'y',
    ]);
  });
});
