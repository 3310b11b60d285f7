import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/cli/text/display-width.ts';
import { wrap } from '../../../src/cli/text/wrap.ts';

describe('displayWidth', () => {
  test.each([
    ['abc', 3],
    ['日本語', 6],
    ['한국', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍🚀', 2],
    ['🇩🇪', 2],
    ['ａｂ', 4],
    ['سلام', 4],
    ['', 0],
  ])('counts the columns of %s', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('wrap', () => {
  test('breaks between words', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
  });

  test('breaks a word that is longer than a line', () => {
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  test('breaks between wide characters, which count two columns', () => {
    expect(wrap('日本語の文章', 5)).toEqual(['日本', '語の', '文章']);
  });

  test('keeps line breaks, blank lines and the indentation of code', () => {
    expect(wrap('if x:\n    y()\n\nz', 20)).toEqual(['if x:', '    y()', '', 'z']);
  });

  test('never exceeds the width and loses nothing but spaces', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '日', '👍', 'ü', '\n') });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (value, columns) => {
        const lines = wrap(value, columns);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replace(/[ \n]/g, ''));
      }),
    );
  });

  test('stays linear for a megabyte without any place to break', () => {
    expect(wrap('x'.repeat(1_000_000), 100)).toHaveLength(10_000);
  });
});
