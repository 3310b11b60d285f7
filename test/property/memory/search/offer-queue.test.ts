import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OfferQueue, type OfferedPage } from '../../../../src/memory/search/offer-queue.ts';
import { mergeSteps } from '../../../../src/memory/search/page-outline.ts';

// Powers of two, so that values of equal steps are equal to the bit.
const step = fc.record({ tokens: fc.constantFrom(1, 2, 4), share: fc.constantFrom(0, 0.25, 0.5) });
const pages = fc.array(
  fc.record({ relevance: fc.constantFrom(0.25, 0.5, 1), steps: fc.array(step, { maxLength: 5 }) }),
  { maxLength: 12 },
);

function named(list: readonly Omit<OfferedPage, 'id'>[]): readonly OfferedPage[] {
  return list.map((page, at) => ({ ...page, id: `p${at}`, steps: mergeSteps(page.steps) }));
}

test('OfferQueue gives all steps in the order of a stable sort by value', () => {
  fc.assert(
    fc.property(pages, (list) => {
      const offered = named(list);
      const queue = new OfferQueue(offered);
      const found: unknown[] = [];
      for (let offer = queue.best; offer !== null; offer = queue.best) {
        found.push([offer.page.id, offer.step]);
        queue.advance();
      }
      const sorted = offered
        .flatMap(({ id, relevance, steps }) =>
          steps.map((one) => ({ id, one, value: (relevance * one.share) / one.tokens })),
        )
        .toSorted((left, right) => right.value - left.value)
        .map(({ id, one }) => [id, one]);
      expect(found).toEqual(sorted);
    }),
  );
});

test('OfferQueue gives no more of a page that was dropped', () => {
  fc.assert(
    fc.property(pages, (list) => {
      const queue = new OfferQueue(named(list));
      const seen: string[] = [];
      for (let offer = queue.best; offer !== null; offer = queue.best) {
        seen.push(offer.page.id);
        queue.drop();
      }
      expect(seen).toHaveLength(new Set(seen).size);
    }),
  );
});
