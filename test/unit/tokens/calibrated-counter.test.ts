import { describe, expect, test } from 'vitest';

import type { Calibrations } from '../../../src/domain/calibration.ts';
import { calibratedCounter } from '../../../src/tokens/calibrated-counter.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const counter = createTokenCounter({ mode: 'estimate' });
const TEXT = 'The quick brown fox jumps over the lazy dog, again and again, until it is dark.';
const MODEL = 'claude-sonnet-4-5';
function known(model: string, ratio: number): Calibrations {
  return [{ model, ratios: [ratio, ratio, ratio] }];
}

const learned = calibratedCounter(counter, known(MODEL, 1.5));

describe('a counter that a session corrects', () => {
  test('is the plain one as long as nothing was learned', () => {
    expect(calibratedCounter(counter, [])).toBe(counter);
  });

  test('corrects text and content of the model it learned about, and of no other', () => {
    const plain = counter.countText(TEXT, MODEL);
    expect(learned.countText(TEXT, MODEL)).toBe(Math.round(plain * 1.5));
    expect(learned.count(TEXT, MODEL)).toMatchObject({ tokens: Math.round(plain * 1.5) });
    expect(learned.countText(TEXT, 'mistral-large')).toBe(counter.countText(TEXT, 'mistral-large'));
  });

  test('leaves exact counts alone', () => {
    const exact = createTokenCounter();
    const told = calibratedCounter(exact, known('gpt-4o', 2));
    expect(told.isExactFor('gpt-4o')).toBe(true);
    expect(told.countText(TEXT, 'gpt-4o')).toBe(exact.countText(TEXT, 'gpt-4o'));
    expect(told.truncateText(TEXT, { model: 'gpt-4o', maxTokens: 5 })).toBe(
      exact.truncateText(TEXT, { model: 'gpt-4o', maxTokens: 5 }),
    );
  });

  test('stops counting at a limit of corrected tokens', () => {
    const all = learned.countText(TEXT, MODEL);
    expect(learned.countUpTo(TEXT, { model: MODEL, limit: all })).toBe(all);
    expect(learned.countUpTo(TEXT, { model: MODEL, limit: all - 1 })).toBe(all);
    expect(learned.countUpTo(TEXT, { model: MODEL, limit: 3 })).toBe(4);
    expect(learned.countUpTo(TEXT, { model: MODEL, limit: Number.NaN })).toBe(1);
  });

  test.each([0.25, 0.4, 0.9, 1.1, 1.5, 4])(
    'W-34: cuts text to corrected tokens (x %d)',
    (ratio) => {
      const corrected = calibratedCounter(counter, known(MODEL, ratio));
      for (let maxTokens = 0; maxTokens <= 60; maxTokens += 1) {
        const cut = corrected.truncateText(TEXT, { model: MODEL, maxTokens });
        expect(TEXT.startsWith(cut)).toBe(true);
        expect(corrected.countText(cut, MODEL)).toBeLessThanOrEqual(maxTokens);
      }
      expect(corrected.truncateText(TEXT, { model: MODEL, maxTokens: 500 })).toBe(TEXT);
    },
  );
});
