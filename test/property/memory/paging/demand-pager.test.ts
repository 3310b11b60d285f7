import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PAGE_TYPES } from '../../../../src/domain/page.ts';
import { DemandPager } from '../../../../src/memory/paging/demand-pager.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';

const limit = fc.integer({ min: 0, max: 6 });
const word = fc.constantFrom('redis', 'zebra', 'plan', 'remind', 'me', 'earlier', '東京', '\uD800');
const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));

test('a plan keeps to every limit, names no page twice and none that is in the context', () => {
  fc.assert(
    fc.property(
      fc.record({
        pages: fc.array(fc.record({ text, type: fc.constantFrom(...PAGE_TYPES) }), {
          maxLength: 30,
        }),
        message: text,
      }),
      fc.record({ maxPages: limit, maxClaims: limit, maxTopicPages: limit, maxSummaries: limit }),
      fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      ({ pages, message }, limits, resident) => {
        const index = new SearchIndex();
        pages.forEach((page, at) => index.add({ ...page, id: `${at}` }));
        const inContext = new Set(resident.map(String));
        const pager = new DemandPager({ ...limits, maxTokens: 350 });

        const { candidates } = pager.plan({
          message,
          index,
          resident: inContext,
          tokensOf: () => 100,
        });

        const of = (kind: string): number => candidates.filter((one) => one.kind === kind).length;
        expect(candidates.length).toBeLessThanOrEqual(Math.min(limits.maxPages, 3));
        expect(of('claim')).toBeLessThanOrEqual(limits.maxClaims);
        expect(of('topic')).toBeLessThanOrEqual(limits.maxTopicPages);
        expect(of('summary')).toBeLessThanOrEqual(limits.maxSummaries);
        expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length);
        expect(candidates.every(({ id }) => index.has(id) && !inContext.has(id))).toBe(true);
      },
    ),
  );
});
