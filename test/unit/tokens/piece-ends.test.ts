import { describe, expect, test } from 'vitest';

import { codePointClasses } from '../../../src/kernel/code-point-classes.ts';
import { cl100kPieceEnd } from '../../../src/tokens/cl100k-pieces.ts';
import { o200kPieceEnd } from '../../../src/tokens/o200k-pieces.ts';
import type { PieceEnd } from '../../../src/tokens/piece-rules.ts';

const classes = codePointClasses('openai')!;

function piecesOf(text: string, pieceEnd: PieceEnd): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  const window = { bytes, end: bytes.length, classes, foldsLongS: true };
  const pieces: string[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = pieceEnd(window, start);
    pieces.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)));
  }
  return pieces;
}

describe('o200kPieceEnd', () => {
  test.each([
    ['words take one character before them', 'Hi, you(there)', ['Hi', ',', ' you', '(there', ')']],
    ['a capital after a small letter begins a word', 'fooBarBAZ', ['foo', 'Bar', 'BAZ']],
    ['capitals and the small letters after them are one word', 'ABCdef', ['ABCdef']],
    ['letters without case end before capitals', '日本ABC', ['日本', 'ABC']],
    ['but not if small letters follow these', '日本ABCdef', ['日本ABCdef']],
    ['a lone mark is not part of capitals', '\u0301ABC', ['\u0301', 'ABC']],
    ['a mark goes with small letters', '\u0301abc', ['\u0301abc']],
    ['contractions belong to their word', "I'll don't IT'S", ["I'll", " don't", " IT'S"]],
    ['a long s is an s to them', "it'ſt", ["it'ſ", 't']],
    ['not every apostrophe makes one', "a'b o're' x'", ['a', "'b", " o're", "'", ' x', "'"]],
    ['numbers take three digits', '1234567 ½', ['123', '456', '7', ' ', '½']],
    ['punctuation takes line ends and slashes', 'a ?!\n/\nb', ['a', ' ?!\n/\n', 'b']],
    ['white space ends after its last line end', 'a \n \n  b', ['a', ' \n \n', ' ', ' b']],
    ['the last space goes with the word', 'a   b', ['a', '  ', ' b']],
    ['white space at the end is one piece', 'a   ', ['a', '   ']],
    ['a single space before a digit stands alone', 'a 1', ['a', ' ', '1']],
    ['an astral letter is one letter', '𝒜b', ['𝒜b']],
  ])('%s', (_, text, pieces) => {
    expect(piecesOf(text, o200kPieceEnd)).toEqual(pieces);
  });
});

describe('cl100kPieceEnd', () => {
  test.each([
    ['case does not split words', 'fooBarBAZ', ['fooBarBAZ']],
    ['contractions are pieces of their own', "I'll'tis", ['I', "'ll", "'t", 'is']],
    ['a mark is no letter', 'e\u0301a', ['e', '\u0301a']],
    ['punctuation takes line ends but no slash after them', '?!\r\n/b', ['?!\r\n', '/b']],
    ['numbers take three digits', '1234', ['123', '4']],
    ['white space ends after its last line end', '\t\n \tb', ['\t\n', ' ', '\tb']],
  ])('%s', (_, text, pieces) => {
    expect(piecesOf(text, cl100kPieceEnd)).toEqual(pieces);
  });
});
