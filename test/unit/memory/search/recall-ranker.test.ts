import { describe, expect, test } from 'vitest';
import { rankForRecall } from '../../../../src/memory/search/recall-ranker.ts';
import type { RecallOptions } from '../../../../src/memory/search/recall-ranker.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';
import type { SearchPage } from '../../../../src/memory/search/search-page.ts';

function rank(
  pages: readonly SearchPage[],
  question: string,
  options?: RecallOptions,
): readonly string[] {
  const index = new SearchIndex();
  for (const page of pages) index.add(page);
  return rankForRecall(index, question, options).map(({ page }) => page.id);
}

function filler(count: number, prefix = 'f'): readonly SearchPage[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `${prefix}${at}`,
    text: `Nothing of interest happened number ${at}`,
  }));
}

const DAY_MS = 86_400_000;

describe('rankForRecall', () => {
  test('ranks the turns beside a hit, an answer to a question above the rest', () => {
    const pages = [
      ...filler(10),
      { id: 'before', text: 'All is well over here today' },
      { id: 'asked', text: 'Which zebra did you like?' },
      { id: 'answer', text: 'The striped one over there' },
      ...filler(10, 'g'),
    ];

    const ranked = rank(pages, 'zebra');

    expect(ranked.slice(0, 2)).toEqual(['asked', 'answer']);
    expect(ranked).toContain('before');
  });

  test('prefers what the named speaker said', () => {
    const pages = ['Ann', 'Bob', 'Ann', 'Bob'].flatMap((speaker, at) => [
      { id: `${speaker}${at}`, text: 'I adopted a puppy from the shelter', speaker },
      ...filler(9, `f${at}-`),
    ]);

    expect(rank(pages, 'When did Ann adopt a puppy?')[0]).toMatch(/^Ann/);
    expect(rank(pages, 'When did Bob adopt a puppy?')[0]).toMatch(/^Bob/);
  });

  test('prefers the time that the question names', () => {
    const pages = [0, 40, 80].map((day) => ({
      id: `day${day}`,
      text: 'We went to the lake',
      createdAtMs: Date.UTC(2024, 0, 1) + day * DAY_MS,
    }));

    expect(rank(pages, 'What about the lake in February 2024?')[0]).toBe('day40');
    expect(rank(pages, 'What about the lake yesterday?', { nowMs: Date.UTC(2024, 0, 2) })[0]).toBe(
      'day0',
    );
  });

  test('prefers what users said, unless the question is about the answers', () => {
    const pages: readonly SearchPage[] = [
      { id: 'user', text: 'My budget for the tracker is small', role: 'user' },
      ...filler(9),
      { id: 'assistant', text: 'Your budget for the tracker is small', role: 'assistant' },
    ];

    expect(rank(pages, 'What did I say about my budget?')[0]).toBe('user');
    expect(rank(pages, 'Summarize the budget')[0]).toBe('assistant');
  });

  test('searches for words that stand beside the best hits too', () => {
    const pages = [
      { id: 'hit', text: 'the zebra lives in the savanna' },
      ...filler(30),
      { id: 'related', text: 'rain came to the savanna' },
      ...filler(30, 'g'),
    ];

    expect(rank(pages, 'zebra')).toContain('related');
  });

  test('reads questions of other languages by what is plugged in', () => {
    const pages: readonly SearchPage[] = [
      { id: 'user', text: 'Haushaltsplan', role: 'user' },
      ...filler(9),
      { id: 'assistant', text: 'Haushaltsplan', role: 'assistant' },
    ];
    const readCues = () => ({ isBroad: false, words: 'either' }) as const;

    expect(rank(pages, 'Haushaltsplan')[0]).toBe('user');
    expect(rank(pages, 'Haushaltsplan', { readCues })[0]).toBe('assistant');
  });

  test('keeps to the limit and the filter', () => {
    const pages: readonly SearchPage[] = [
      { id: 'a', text: 'zebra', role: 'user' },
      { id: 'b', text: 'zebra', role: 'tool' },
      { id: 'c', text: 'zebra', role: 'tool' },
    ];

    expect(rank(pages, 'zebra', { limit: 1 })).toHaveLength(1);
    expect(rank(pages, 'zebra', { filter: { roles: ['user'] } })).toEqual(['a']);
  });

  test('gives relevance from 0 to 1, and nothing for a question without words', () => {
    const index = new SearchIndex();
    for (const page of [...filler(5), { id: 'a', text: 'zebra' }]) index.add(page);

    const relevances = rankForRecall(index, 'zebra').map(({ relevance }) => relevance);

    expect(relevances[0]).toBe(1);
    expect(relevances).toEqual(relevances.toSorted((left, right) => right - left));
    expect(rankForRecall(index, 'what was it?')).toEqual([]);
    expect(rankForRecall(new SearchIndex(), 'zebra')).toEqual([]);
  });

  test('finds the same whatever was looked for before, and what was removed or came since', () => {
    const pages = [
      ...filler(40),
      { id: 'a', text: 'A zebra by the number of the river' },
      ...filler(40, 'g'),
    ];
    const questions = ['zebra', 'Which number happened?', 'river interest', 'zebra'];
    const used = new SearchIndex();
    for (const page of pages) used.add(page);
    const options = { except: new Set(['f3']), nowMs: DAY_MS };
    for (const question of questions) rankForRecall(used, question, options);
    used.search('number of interest', { limit: 3 });
    used.remove('f7');
    for (const page of filler(1_500, 'h')) used.add(page);

    const fresh = new SearchIndex();
    for (const page of [...pages, ...filler(1_500, 'h')]) if (page.id !== 'f7') fresh.add(page);

    for (const question of questions)
      expect(rankForRecall(used, question, options)).toEqual(
        rankForRecall(fresh, question, options),
      );
  });

  test('finds the old page that the question is about among thousands that share a word with it', () => {
    const pages = [
      ...filler(2_000),
      { id: 'wanted', text: 'The number of the zebra is seven' },
      ...filler(4_000, 'g'),
    ];

    const ranked = rank(pages, 'Which number has the zebra?', { limit: 20 });

    expect(ranked[0]).toBe('wanted');
    expect(ranked).toHaveLength(20);
  });
});
