import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { HybridSearch } from '../../../../src/memory/search/hybrid-search.ts';
import type { EmbedTexts } from '../../../../src/memory/search/hybrid-search.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';

const PAGES = [
  { id: 'cat', text: 'a kitten sleeps' },
  { id: 'car', text: 'an engine roars' },
  { id: 'word', text: 'feline' },
];

/** Knows animals from machines. */
const embed: EmbedTexts = (texts) =>
  Promise.resolve(texts.map((text) => (/kitten|feline|cat/.test(text) ? [1, 0.1] : [0, 1])));

function indexOfPages(): SearchIndex {
  const index = new SearchIndex();
  for (const page of PAGES) index.add(page);
  return index;
}

describe('HybridSearch', () => {
  test('finds by meaning what shares no word, and what shares both first', async () => {
    const search = new HybridSearch(indexOfPages(), { embed });

    expect(await search.embedPages(PAGES)).toEqual({ embedded: 3, error: null });
    const { hits, ranking, error } = await search.search('feline', { limit: 2 });

    expect(hits.map(({ page }) => page.id)).toEqual(['word', 'cat']);
    expect(hits[0]!.relevance).toBe(1);
    expect([ranking, error]).toEqual(['words-and-meaning', null]);
  });

  test('falls back to words, and says so, when embedding fails', async () => {
    const broken = new Error('no model');
    const search = new HybridSearch(indexOfPages(), { embed: () => Promise.reject(broken) });

    expect(await search.embedPages(PAGES)).toEqual({ embedded: 0, error: broken });
    const { hits, ranking, error } = await search.search('feline');

    expect(hits.map(({ page }) => page.id)).toEqual(['word']);
    expect([ranking, error]).toEqual(['words', broken]);
  });

  test('takes vectors that are missing, uneven or no numbers for a failure', async () => {
    const answers: readonly (readonly (readonly number[])[])[] = [
      [],
      [[1], [1, 2], [1]],
      [[Number.NaN], [1], [1]],
    ];
    for (const answer of answers) {
      const search = new HybridSearch(indexOfPages(), { embed: () => Promise.resolve(answer) });

      expect(await search.embedPages(PAGES)).toEqual({ embedded: 0, error: expect.any(TypeError) });
    }
  });

  test('finds no page that left the index or that a filter leaves out', async () => {
    const index = indexOfPages();
    const search = new HybridSearch(index, { embed });
    await search.embedPages(PAGES);
    index.remove('cat');

    const { hits } = await search.search('feline', { filter: { types: ['transcript'] } });
    const none = await search.search('feline', { filter: { types: ['claim'] } });

    expect(hits.map(({ page }) => page.id)).toEqual(['word', 'car']);
    expect(none.hits).toEqual([]);
  });

  test('remembers no more vectors than allowed, the latest', async () => {
    const search = new HybridSearch(indexOfPages(), { embed, maxVectors: 1 });
    await search.embedPages(PAGES);

    const { hits } = await search.search('catlike');

    expect(hits.map(({ page }) => page.id)).toEqual(['word']);
  });

  test('an empty query finds nothing and embeds nothing', async () => {
    const search = new HybridSearch(indexOfPages(), {
      embed: () => Promise.reject(new Error('asked')),
    });

    expect(await search.search(' ')).toEqual({ hits: [], ranking: 'words', error: null });
  });

  test('refuses limits that make no sense', async () => {
    const search = new HybridSearch(indexOfPages(), { embed });

    await expect(search.search('feline', { limit: 0 })).rejects.toThrow(InvalidInput);
  });

  test('passes the signal on', async () => {
    const { signal } = new AbortController();
    const seen: (AbortSignal | undefined)[] = [];
    const search = new HybridSearch(indexOfPages(), {
      embed: (texts, options) => {
        seen.push(options.signal);
        return embed(texts, options);
      },
    });

    await search.embedPages(PAGES, signal);
    await search.search('feline', { signal });

    expect(seen).toEqual([signal, signal]);
  });
});
