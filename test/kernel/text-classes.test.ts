import { describe, expect, test } from 'vitest';
import { countTextClasses } from '../../src/kernel/text-classes.ts';
import type { TextClasses } from '../../src/kernel/text-classes.ts';

const NOTHING = countTextClasses('');

function classesOf(text: string): Partial<TextClasses> {
  const all: Readonly<Record<string, number>> = { ...countTextClasses(text) };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

describe('countTextClasses', () => {
  test('counts nothing in an empty text', () => {
    expect(Object.values(NOTHING).every((count) => count === 0)).toBe(true);
  });

  test('counts words, spaces and punctuation of an English sentence', () => {
    expect(classesOf('Hello, how are you?')).toEqual({
      codePoints: 19,
      utf8Bytes: 19,
      letters: 14,
      spaces: 3,
      punctuation: 2,
      words: 4,
      spaceRuns: 3,
      punctuationRuns: 2,
    });
  });

  test('begins a word at a capital that follows a small letter', () => {
    expect(countTextClasses('fooBar').words).toBe(2);
    expect(countTextClasses('HTTPServer').words).toBe(1);
    expect(countTextClasses('fooéBar').words).toBe(1);
  });

  test('counts a run once however long it is', () => {
    expect(classesOf('    ==> 2024\n\n')).toEqual({
      codePoints: 14,
      utf8Bytes: 14,
      spaces: 5,
      punctuation: 3,
      digits: 4,
      newlines: 2,
      spaceRuns: 2,
      punctuationRuns: 1,
      numbers: 1,
    });
  });

  test('keeps one word over letters of several scripts', () => {
    expect(classesOf('naïveЖизнь')).toEqual({
      codePoints: 10,
      utf8Bytes: 16,
      letters: 4,
      latinExtended: 1,
      alphabets: 5,
      words: 1,
    });
  });

  test('tells the scripts of East Asia apart', () => {
    expect(classesOf('漢字かなカナ한글𠀀。')).toEqual({
      codePoints: 10,
      utf8Bytes: 31,
      han: 3,
      kana: 4,
      hangul: 2,
      symbols: 1,
    });
  });

  test('counts Devanagari and Thai as abugidas with words', () => {
    expect(classesOf('नमस्ते ไทย')).toEqual({
      codePoints: 10,
      utf8Bytes: 28,
      abugidas: 9,
      spaces: 1,
      words: 2,
      spaceRuns: 1,
    });
  });

  test('counts an emoji as one code point of four bytes', () => {
    expect(classesOf('😀')).toEqual({ codePoints: 1, utf8Bytes: 4, emoji: 1 });
  });

  test('counts a lone surrogate as one symbol of three bytes', () => {
    expect(classesOf('\ud83d')).toEqual({ codePoints: 1, utf8Bytes: 3, symbols: 1 });
    expect(classesOf('\ude00\ud83d')).toEqual({ codePoints: 2, utf8Bytes: 6, symbols: 2 });
  });
});
