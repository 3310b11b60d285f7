import { describe, expect, test } from 'vitest';
import { likelyPages, type WeighedPage } from '../../../../src/memory/search/likely-pages.ts';

const SETTINGS = { maxTokens: 100, minFoldTokens: 56 };

function ids(pages: readonly WeighedPage[], settings = SETTINGS): readonly string[] {
  return likelyPages(pages, settings).map(({ id }) => id);
}

function equals(count: number, tokens: number): readonly WeighedPage[] {
  return Array.from({ length: count }, (_, at) => ({ id: `p${at}`, relevance: 1, tokens }));
}

describe('likelyPages', () => {
  test('takes pages for half more than the room, and keeps their order', () => {
    expect(ids(equals(10, 30))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  });

  test('takes all pages where they fit, and none without room', () => {
    expect(ids(equals(3, 30))).toHaveLength(3);
    expect(ids(equals(3, 30), { ...SETTINGS, maxTokens: 0 })).toEqual([]);
    expect(ids(equals(3, 30), { ...SETTINGS, maxTokens: -1 })).toEqual([]);
  });

  test('prefers what is worth more a token, wherever it stands', () => {
    const pages = [
      { id: 'dear', relevance: 1, tokens: 50 },
      ...equals(8, 20),
      { id: 'worthless', relevance: 0.001, tokens: 40 },
      { id: 'cheap', relevance: 0.9, tokens: 10 },
    ];

    expect(ids(pages)).toContain('cheap');
    expect(ids(pages)).not.toContain('worthless');
    expect(ids(pages)).not.toContain('dear');
  });

  test('counts a long page with its best part alone, since it need not go in whole', () => {
    const long = equals(6, 400);

    expect(ids(long)).toHaveLength(6);
    expect(ids([...equals(10, 15), { id: 'long', relevance: 1, tokens: 30 }])).toContain('p9');
  });
});
