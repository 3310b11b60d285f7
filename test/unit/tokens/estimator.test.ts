import { describe, expect, test } from 'vitest';

import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { CLASS_WEIGHTS, toEstimate, weigh } from '../../../src/tokens/estimator.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const kernel = createJsKernel();
const counter = createTokenCounter();
const MODELS = { o200k_base: 'gpt-4o', cl100k_base: 'gpt-4' };

const ENGLISH =
  'The session was closed after the last message, so the summary could be written in the background. ' +
  'Nothing is lost: every event can still be read from the log, and the next turn begins where this one ended.';
const CODE =
  'export function add(left: number, right: number): number {\n  return left + right;\n}\n';
const CHINESE = '我们可以随时恢复会话，因为所有事件都保存在日志中。请告诉我您需要什么帮助。';
const JAPANESE = 'セッションはいつでも再開できます。すべてのイベントがログに残っているからです。';

describe('weigh', () => {
  test('adds every class with its weight', () => {
    const weights = CLASS_WEIGHTS.o200k_base;
    expect(weigh(kernel.countTextClasses('ab 1'), weights)).toBeCloseTo(
      2 * weights.letters +
        weights.words +
        weights.spaces +
        weights.spaceRuns +
        weights.digits +
        weights.numbers,
    );
  });

  test.each([
    ['latinExtended', 'é'],
    ['alphabets', 'ж'],
    ['abugidas', 'ก'],
    ['han', '漢'],
    ['kana', 'か'],
    ['hangul', '한'],
    ['emoji', '😀'],
    ['symbols', '—'],
    ['newlines', '\n'],
    ['punctuation', '!'],
  ] as const)('gives %s a weight', (name, character) => {
    for (const encoding of ENCODINGS) {
      const weights = CLASS_WEIGHTS[encoding];
      expect(weigh(kernel.countTextClasses(character), weights)).toBeGreaterThanOrEqual(
        weights[name],
      );
      expect(weights[name]).toBeGreaterThan(0);
    }
  });

  test.each([
    ['English', ENGLISH, 0.15],
    ['code', CODE, 0.25],
    ['Chinese', CHINESE, 0.35],
    ['Japanese', JAPANESE, 0.2],
  ])('W-49: comes close to the exact count of %s', (_, text, tolerance) => {
    for (const encoding of ENCODINGS) {
      const exact = counter.countText(text, MODELS[encoding]);
      const estimate = weigh(kernel.countTextClasses(text), CLASS_WEIGHTS[encoding]);
      expect(Math.abs(estimate - exact) / exact).toBeLessThan(tolerance);
    }
  });
});

describe('toEstimate', () => {
  test.each([
    [0, 0],
    [0.001, 1],
    [1.4, 1],
    [1.5, 2],
    [41.9, 42],
  ])('W-49: makes %d into %i, never 0 for text', (weight, tokens) => {
    expect(toEstimate(weight)).toBe(tokens);
  });
});
