import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { anyTexts } from './texts.ts';

const counter = createTokenCounter();
const models = fc.constantFrom('gpt-4o', 'gpt-4', 'claude-opus-5', 'unknown');
const limits = fc.integer({ min: 0, max: 40 });

describe('truncateText', () => {
  test('never exceeds the limit, is a beginning of the text, and is all of it when that fits', () => {
    fc.assert(
      fc.property(anyTexts, models, limits, (text, model, maxTokens) => {
        const cut = counter.truncateText(text, { model, maxTokens });
        expect(text.startsWith(cut)).toBe(true);
        expect(counter.countText(cut, model)).toBeLessThanOrEqual(maxTokens);
        expect(cut === text).toBe(counter.countText(text, model) <= maxTokens);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never cuts a surrogate pair in two', () => {
    fc.assert(
      fc.property(anyTexts, models, limits, (text, model, maxTokens) => {
        const cut = counter.truncateText(text, { model, maxTokens });
        const around = text.codePointAt(cut.length - 1) ?? 0;
        expect(cut === '' || around <= 0xffff || cut === text).toBe(true);
      }),
    );
  });

  test('wastes at most a few tokens on ordinary words', () => {
    const words = fc.array(
      fc.constantFrom('the', 'session', 'closed', 'before', 'its', 'Summary'),
      {
        minLength: 60,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(words, models, fc.integer({ min: 1, max: 50 }), (list, model, maxTokens) => {
        const cut = counter.truncateText(list.join(' '), { model, maxTokens });
        expect(counter.countText(cut, model)).toBeGreaterThanOrEqual(maxTokens - 1);
      }),
    );
  });
});

describe('countUpTo', () => {
  test('is the count, or one more than the limit', () => {
    fc.assert(
      fc.property(anyTexts, models, limits, (text, model, limit) => {
        const tokens = counter.countText(text, model);
        expect(counter.countUpTo(text, { model, limit })).toBe(Math.min(tokens, limit + 1));
      }),
    );
  });
});
