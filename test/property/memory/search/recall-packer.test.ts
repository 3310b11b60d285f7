import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecallPacker } from '../../../../src/memory/search/recall-packer.ts';
import { rankForRecall } from '../../../../src/memory/search/recall-ranker.ts';
import { SearchIndex } from '../../../../src/memory/search/search-index.ts';

/** Joined texts count as little as their parts, and sometimes less. */
function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

const sentence = fc
  .array(fc.constantFrom('red', 'green', 'blue', 'zebra', 'tracker', '東京', 'x_y'), {
    maxLength: 8,
  })
  .map((words) => `${words.join(' ')}.`);
const content = fc.oneof(
  fc.array(sentence, { maxLength: 40 }).map((sentences) => sentences.join('\n')),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

describe('ranking and packing', () => {
  test('never exceeds a budget, packs no page twice, and takes text from the page alone', () => {
    fc.assert(
      fc.property(
        fc.array(content, { maxLength: 20 }),
        sentence,
        fc.integer({ min: 0, max: 600 }),
        (texts, question, maxTokens) => {
          const index = new SearchIndex();
          texts.forEach((text, at) => index.add({ id: `${at}`, text }));
          const candidates = rankForRecall(index, question).map(({ page, relevance }) => ({
            id: page.id,
            relevance,
          }));
          const packer = new RecallPacker({ countTokens });

          const packed = packer.pack({
            candidates,
            textOf: (id) => texts[Number(id)] ?? null,
            maxTokens,
            question,
          });

          const used = packed.reduce((sum, { tokens }) => sum + tokens, 0);
          expect(used).toBeLessThanOrEqual(maxTokens);
          expect(new Set(packed.map(({ id }) => id)).size).toBe(packed.length);
          for (const { id, text, tokens, isWhole } of packed) {
            const whole = texts[Number(id)]!;
            expect(tokens).toBe(countTokens(text) + 8);
            expect(isWhole).toBe(text === whole);
            expect(text.split('\n').every((line) => whole.includes(line))).toBe(true);
          }
        },
      ),
    );
  });

  test('gives relevances from 1 down to 0, the same every time', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 20 }), sentence, (texts, question) => {
        const index = new SearchIndex();
        texts.forEach((text, at) => index.add({ id: `${at}`, text }));

        const ranked = rankForRecall(index, question);
        const relevances = ranked.map(({ relevance }) => relevance);

        expect(relevances.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(relevances).toEqual(relevances.toSorted((left, right) => right - left));
        expect(rankForRecall(SearchIndex.decode(index.encode()), question)).toEqual(ranked);
      }),
    );
  });
});
