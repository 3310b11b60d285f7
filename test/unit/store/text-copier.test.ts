import { describe, expect, test } from 'vitest';
import { TextCopier, textBytes } from '../../../src/store/text-copier.ts';

const copier = new TextCopier();

describe('TextCopier', () => {
  test.each([
    ['nothing', '', 0],
    ['ASCII', 'plain', 5],
    ['Latin-1', 'grün', 4],
    ['all of Unicode', '猫🐈', 6],
    ['lone surrogates', 'a\ud800b\udc00', 8],
    ['a long ASCII text', 'x'.repeat(20_000), 20_000],
    ['a long Latin-1 text', 'ü'.repeat(20_000), 20_000],
    ['a long wide text', '猫'.repeat(20_000), 40_000],
  ])('copies %s exactly and says what it takes', (_name, text, bytes) => {
    expect(copier.copyAll([text, text])).toEqual({ texts: [text, text], bytes: 2 * bytes });
    expect(copier.copy(text)).toBe(text);
  });

  test('an earlier copy is not overwritten by a later one', () => {
    const first = copier.copy('first');
    const second = copier.copy('other');
    expect([first, second]).toEqual(['first', 'other']);
  });
});

describe('textBytes', () => {
  test('is never less than what a copy takes', () => {
    expect(['', 'abc', 'grün', '猫'].map(textBytes)).toEqual([0, 3, 8, 2]);
  });
});
