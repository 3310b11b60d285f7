import { describe, expect, test } from 'vitest';

import { graphemeBorder } from '../../../src/tokens/grapheme.ts';

const FAMILY = '👨‍👩‍👧';

describe('graphemeBorder', () => {
  test('stays where it is between letters', () => {
    expect(graphemeBorder('abc', 2)).toBe(2);
  });

  test.each([
    ['a surrogate pair', '😀', 1],
    ['an emoji of several people', FAMILY, 3],
    ['a letter and its accent', 'e\u0301', 1],
    ['a line end of two characters', '\r\n', 1],
  ])('goes back to before %s', (_, character, inside) => {
    expect(graphemeBorder(`a${character}b`, 1 + inside)).toBe(1);
  });

  test.each([
    [-5, 0],
    [0, 0],
    [3, 3],
    [99, 3],
  ])('keeps %i within the text', (at, border) => {
    expect(graphemeBorder('abc', at)).toBe(border);
  });

  test('decides by the neighbourhood, far into a text', () => {
    const text = `${'x'.repeat(10_000)}${FAMILY}`;
    expect(graphemeBorder(text, 10_003)).toBe(10_000);
  });

  test('cuts endless accents between code points', () => {
    const text = `e${'\u0301'.repeat(500)}`;
    expect(graphemeBorder(text, 300)).toBe(300);
    expect(graphemeBorder(`a${'😀\u200d'.repeat(200)}`, 302)).toBe(301);
  });
});
