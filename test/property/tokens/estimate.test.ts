import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { anyTexts } from './texts.ts';

const counter = createTokenCounter({ mode: 'estimate' });
const models = fc.constantFrom('gpt-4o', 'gpt-4', 'claude-opus-5', 'gemini-2.5-pro', 'unknown');

describe('an estimate', () => {
  test('W-49: is never 0 for text, and 0 for none', () => {
    fc.assert(
      fc.property(anyTexts, models, (text, model) => {
        expect(counter.countText(text, model) > 0).toBe(text !== '');
      }),
    );
  });

  test('never falls when text is added at the end', () => {
    fc.assert(
      fc.property(anyTexts, anyTexts, models, (text, more, model) => {
        // Half a pair is another character than the whole.
        fc.pre(!/[\ud800-\udbff]$/.test(text));
        expect(counter.countText(text + more, model)).toBeGreaterThanOrEqual(
          counter.countText(text, model),
        );
      }),
    );
  });

  test('W-49: does not take scripts of a token a character for those of four', () => {
    const characters = fc.string({
      unit: fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code)),
      minLength: 10,
      maxLength: 200,
    });
    fc.assert(
      fc.property(characters, models, (text, model) => {
        expect(counter.countText(text, model)).toBeGreaterThan(text.length * 0.6);
      }),
    );
  });
});
