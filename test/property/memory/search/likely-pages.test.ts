import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { likelyPages } from '../../../../src/memory/search/likely-pages.ts';
import { RecallPacker } from '../../../../src/memory/search/recall-packer.ts';

/** One token a character, so that tokens can be chosen. */
const packer = new RecallPacker({ countTokens: (text) => text.length });

describe('likelyPages', () => {
  test('leaves out nothing that would be packed, where pages go in whole', () => {
    const page = fc.record({
      relevance: fc.double({ min: 0.001, max: 1, noNaN: true }),
      length: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(page, { maxLength: 80 }),
        fc.integer({ min: 60, max: 600 }),
        (all, maxTokens) => {
          const pages = all
            .toSorted((left, right) => right.relevance - left.relevance)
            .map(({ relevance, length }, at) => ({ id: `${at}`, relevance, tokens: length + 8 }));
          const textOf = (id: string): string => 'x'.repeat((pages[Number(id)]?.tokens ?? 8) - 8);
          const pack = (candidates: typeof pages): number => {
            const packed = packer.pack({ candidates, textOf, maxTokens, question: '' });
            return packed.reduce((sum, { id }) => sum + (pages[Number(id)]?.relevance ?? 0), 0);
          };
          const likely = likelyPages(pages, { maxTokens, minFoldTokens: 56 });

          // What is left of the room after the last page that fits is less than one more page, and may go to another.
          expect(pack([...likely])).toBeGreaterThanOrEqual(pack(pages) * 0.8);
          expect(new Set(pages)).toEqual(new Set([...pages, ...likely]));
        },
      ),
    );
  });
});
