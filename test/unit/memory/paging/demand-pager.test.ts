import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import { DemandPager } from '../../../../src/memory/paging/demand-pager.ts';
import type { DemandPagerOptions } from '../../../../src/memory/paging/demand-pager.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';
import type { SearchPage } from '../../../../src/memory/search/search-page.ts';

const PAGES: readonly SearchPage[] = [
  ...[0, 1, 2, 3].map((at) => ({ id: `claim_${at}`, text: 'a decision', type: 'claim' as const })),
  ...[0, 1, 2].map((at) => ({ id: `sum_${at}`, text: 'what was', type: 'summary' as const })),
  { id: 'tx_0', text: '[user] Redis Caching' },
  { id: 'tx_1', text: '[user] unrelated' },
  { id: 'tx_2', text: '[user] Redis Caching' },
];
const ALL = { maxPages: 99, maxClaims: 99, maxTopicPages: 99, maxSummaries: 99 };

interface Planning {
  readonly message: string;
  readonly resident?: readonly string[];
  readonly pages?: readonly SearchPage[];
  readonly tokensOf?: (id: string) => number;
  readonly options?: DemandPagerOptions;
}

function planned({
  message,
  resident = [],
  pages = PAGES,
  tokensOf,
  options,
}: Planning): readonly string[] {
  const index = new SearchIndex();
  for (const page of pages) index.add(page);
  const plan = new DemandPager(options).plan({
    message,
    index,
    resident: new Set(resident),
    tokensOf,
  });
  return plan.candidates.map(({ id }) => id);
}

describe('DemandPager', () => {
  test('V19: M-159: claims come first, then topics, then summaries', () => {
    const message = 'Remind me about redis';
    const resident = ['claim_1'];
    const claims = ['claim_0', 'claim_2', 'claim_3'];

    expect(planned({ message, resident })).toEqual([...claims, 'tx_2', 'tx_0']);
    expect(planned({ message, resident, options: ALL })).toEqual([
      ...claims,
      'tx_2',
      'tx_0',
      'sum_0',
      'sum_1',
      'sum_2',
    ]);
  });

  test('V19: M-159: without a wish to recall, topics alone', () => {
    expect(planned({ message: 'redis setup', options: ALL })).toEqual(['tx_2', 'tx_0']);
    expect(planned({ message: '', options: ALL })).toEqual([]);
  });

  test('claims about the topic come before other claims', () => {
    const pages = [...PAGES, { id: 'claim_9', text: 'Redis it is', type: 'claim' as const }];

    expect(planned({ message: 'Remind me about redis', pages })[0]).toBe('claim_9');
  });

  test('M-160: M-W25: every message has the same budgets, whatever happened before', () => {
    const index = new SearchIndex();
    for (let at = 0; at < 8; at += 1) index.add({ id: `c${at}`, text: 'x', type: 'claim' });
    const pager = new DemandPager();
    const request = { message: 'remind me', index, resident: new Set<string>() };

    const plans = [1, 2, 3].map(() => pager.plan(request).candidates.map(({ id }) => id));

    expect(plans).toEqual(Array.from({ length: 3 }, () => ['c0', 'c1', 'c2']));
  });

  test('M-160: M-W25: says why a page is loaded', () => {
    const index = new SearchIndex();
    for (const page of PAGES) index.add(page);
    const plan = (message: string) =>
      new DemandPager().plan({ message, index, resident: new Set() });

    expect(plan('remind me about redis')).toMatchObject({ isRecall: true, topics: ['redis'] });
    expect(plan('remind me').candidates[0]).toEqual({
      id: 'claim_0',
      kind: 'claim',
      reason: 'user_requested_recall',
    });
    expect(plan('redis').candidates[0]).toEqual({
      id: 'tx_2',
      kind: 'topic',
      reason: 'speculative',
    });
  });

  test('M-W55: words match whole, and labels and words of asking match nothing', () => {
    expect(planned({ message: 'tell the user about the rest' })).toEqual([]);
    expect(planned({ message: 'a rest', pages: [{ id: 'a', text: 'of interest' }] })).toEqual([]);
  });

  test('M-W55: pages that match a common word alone are left out', () => {
    const pages = [
      ...Array.from({ length: 30 }, (_, at) => ({ id: `f${at}`, text: 'project notes' })),
      { id: 'hit', text: 'the zebra project' },
    ];

    expect(planned({ message: 'zebra project', pages })).toEqual(['hit']);
  });

  test('M-160: keeps to the budget of tokens and takes smaller pages instead', () => {
    const tokensOf = (id: string): number => (id === 'tx_2' ? 900 : 100);

    expect(planned({ message: 'redis setup', tokensOf, options: { maxTokens: 500 } })).toEqual([
      'tx_0',
    ]);
  });

  test('each kind has a budget of its own', () => {
    const message = 'Remind me about redis';

    expect(planned({ message, options: { maxClaims: 0, maxSummaries: 0 } })).toEqual([
      'tx_2',
      'tx_0',
    ]);
    expect(
      planned({ message, options: { maxTopicPages: 1, maxClaims: 1, maxSummaries: 1 } }),
    ).toEqual(['claim_0', 'tx_2', 'sum_0']);
  });

  test('takes a detector for other languages', () => {
    const detectRecall = (message: string): boolean => message.includes('noch mal');

    expect(planned({ message: 'noch mal', options: { detectRecall } })[0]).toBe('claim_0');
    expect(new DemandPager({ detectRecall }).isRecall('remind me')).toBe(false);
  });

  test('refuses limits that make no sense', () => {
    for (const options of [{ maxPages: -1 }, { maxTokens: Number.NaN }])
      expect(() => new DemandPager(options)).toThrow(InvalidInput);
  });
});
