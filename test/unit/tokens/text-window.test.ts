import { describe, expect, test } from 'vitest';

import { WINDOW_LENGTH, windowEnd } from '../../../src/tokens/text-window.ts';

describe('windowEnd', () => {
  test('is the end of a short text', () => {
    expect(windowEnd('short', 0)).toBe(5);
    expect(windowEnd('x'.repeat(WINDOW_LENGTH), 0)).toBe(WINDOW_LENGTH);
  });

  test('cuts before the last space after a word', () => {
    const text = 'word '.repeat(WINDOW_LENGTH);
    const end = windowEnd(text, 0);
    expect(text.slice(end - 4, end + 1)).toBe('word ');
    expect(end).toBeLessThanOrEqual(WINDOW_LENGTH);
    expect(end).toBeGreaterThan(WINDOW_LENGTH - 5);
  });

  test('cuts Chinese at lines', () => {
    const text = '天地玄黃\n'.repeat(WINDOW_LENGTH);
    const end = windowEnd(text, 0);
    expect(text.slice(end - 1, end + 1)).toBe('\n天');
  });

  test('takes a longer window when no earlier cut is safe', () => {
    const text = `${'='.repeat(2 * WINDOW_LENGTH)}a b`;
    expect(windowEnd(text, 0)).toBe(text.length - 2);
  });

  test('takes all of a text without a safe cut', () => {
    const text = ' '.repeat(2 * WINDOW_LENGTH);
    expect(windowEnd(text, 0)).toBe(text.length);
  });

  test('grows to eight million units at most, and not into a surrogate pair', () => {
    expect(windowEnd('='.repeat(9_000_000), 0)).toBe(2 ** 23);
    expect(windowEnd(`=${'😀'.repeat(4_500_000)}`, 0)).toBe(2 ** 23 - 1);
  });

  test.each(['a\u00a0', '\n/', '\n ', '!  '])('does not cut inside %j', (pattern) => {
    const text = pattern.repeat(WINDOW_LENGTH);
    expect(windowEnd(text, 0)).toBe(text.length);
  });
});
