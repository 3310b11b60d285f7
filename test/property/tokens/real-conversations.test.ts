import { describe, expect, test } from 'vitest';

import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { jsonTextOf } from '../../../src/tokens/json-text.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { MODELS, oracleIds } from './oracle.ts';
import { chatTexts, hasConversations, sampleOf, toolMessages } from './real-conversations.ts';

const counter = createTokenCounter();
const estimating = createTokenCounter({ mode: 'estimate' });

/** Long runs of spaces in one table would take the oracle minutes. */
const LONG_RUN = /(.)\1{400}/s;

describe.skipIf(!hasConversations).each(ENCODINGS)('real conversations in %s', (encoding) => {
  const model = MODELS[encoding];

  test('C-42: count as js-tiktoken encodes them', () => {
    const texts = [...sampleOf(chatTexts(), 400), ...sampleOf(toolMessages(), 150).map(jsonTextOf)];
    const usable = texts.filter((text) => !LONG_RUN.test(text));
    expect(usable.length).toBeGreaterThan(500);
    for (const text of usable) {
      expect(counter.countText(text, model)).toBe(oracleIds(encoding, text).length);
    }
  });

  test('C-44: are estimated within 6 % for half of the messages and 16 % for all but one in twenty', () => {
    const errors = sampleOf(chatTexts(), 2_000)
      .filter((text) => text !== '')
      .map((text) => {
        const exact = counter.countText(text, model);
        return Math.abs(estimating.countText(text, model) - exact) / exact;
      })
      .toSorted((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.06);
    expect(errors[Math.floor(errors.length * 0.95)]).toBeLessThan(0.16);
  });
});
