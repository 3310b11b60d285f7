import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MODALITIES, PAGE_ROLES, PAGE_TYPES, STORAGE_TIERS } from '../../../../src/domain/page.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';
import type { SearchPage } from '../../../../src/memory/search/search-page.ts';
import { naiveSearch } from './naive-search.ts';

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'user_id', 'getName', '東京', '2024-05-01', 'x1'];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const hostile = fc.oneof(
  text,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fc.integer({ min: 0xd000, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
/** Ids without words, which would be terms of their own. */
const id = fc.integer({ min: 0, max: 15 }).map((number) => `${number}`);

function pageOf(content: fc.Arbitrary<string>): fc.Arbitrary<SearchPage> {
  return fc.record(
    {
      id,
      text: content,
      type: fc.constantFrom(...PAGE_TYPES),
      modality: fc.constantFrom(...MODALITIES),
      tier: fc.constantFrom(...STORAGE_TIERS),
      role: fc.constantFrom(...PAGE_ROLES),
      speaker: fc.constantFrom('Ann', 'Bob'),
      createdAtMs: fc.integer(),
    },
    { requiredKeys: ['id', 'text'] },
  );
}

type Change =
  | { readonly kind: 'put'; readonly page: SearchPage }
  | { readonly kind: 'remove'; readonly id: string };

function changesOf(content: fc.Arbitrary<string>): fc.Arbitrary<readonly Change[]> {
  const put = pageOf(content).map((page): Change => ({ kind: 'put', page }));
  const remove = id.map((gone): Change => ({ kind: 'remove', id: gone }));
  return fc.array(fc.oneof({ weight: 3, arbitrary: put }, remove), { maxLength: 60 });
}

function apply(index: SearchIndex, changes: readonly Change[]): ReadonlyMap<string, SearchPage> {
  const pages = new Map<string, SearchPage>();
  for (const change of changes) {
    if (change.kind === 'remove') {
      index.remove(change.id);
      pages.delete(change.id);
      continue;
    }
    if (!index.update(change.page)) index.add(change.page);
    pages.set(change.page.id, change.page);
  }
  return pages;
}

describe('SearchIndex', () => {
  test('finds what BM25 over a list of all pages finds, after any changes', () => {
    fc.assert(
      fc.property(
        changesOf(text),
        text,
        fc.integer({ min: 1, max: 20 }),
        (changes, query, limit) => {
          const index = new SearchIndex();
          const pages = apply(index, changes);

          const hits = index.search(query, { limit });

          expect(hits.map(({ page, score }) => [page.id, score])).toEqual(
            naiveSearch([...pages.values()], query).slice(0, limit),
          );
          expect(index.size).toBe(pages.size);
        },
      ),
    );
  });

  test('is the same after it was encoded and decoded', () => {
    fc.assert(
      fc.property(changesOf(hostile), hostile, (changes, query) => {
        const index = new SearchIndex();
        apply(index, changes);

        const copy = SearchIndex.decode(index.encode());

        expect(copy.search(query, { limit: 20 })).toEqual(index.search(query, { limit: 20 }));
        expect(copy.encode()).toEqual(index.encode());
      }),
    );
  });

  test('keeps to its limits whatever is added', () => {
    fc.assert(
      fc.property(
        changesOf(hostile),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 60 }),
        (changes, maxPages, maxPostings) => {
          const index = new SearchIndex({ maxPages, maxPostings });
          for (const change of changes)
            if (change.kind === 'put' && !index.update(change.page)) index.add(change.page);

          const { pages, postings } = index.stats;
          expect(pages).toBeLessThanOrEqual(maxPages);
          expect(postings <= maxPostings || pages === 1).toBe(true);
        },
      ),
    );
  });

  test('takes megabytes of one word and of many', () => {
    const index = new SearchIndex();
    index.add({ id: 'one', text: 'x'.repeat(4_000_000) });
    index.add({ id: 'joined', text: 'a_'.repeat(2_000_000) });
    index.add({ id: 'many', text: 'lorem ipsum '.repeat(300_000) });
    index.add({ id: 'lone', text: '\uD800'.repeat(1_000_000) });

    expect(index.search('ipsum').map(({ page }) => page.id)).toEqual(['many']);
  });
});
