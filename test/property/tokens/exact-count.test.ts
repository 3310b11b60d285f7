import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { codePointClasses } from '../../../src/kernel/code-point-classes.ts';
import { cl100kPieceEnd } from '../../../src/tokens/cl100k-pieces.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import { o200kPieceEnd } from '../../../src/tokens/o200k-pieces.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { WINDOW_LENGTH } from '../../../src/tokens/text-window.ts';
import { MODELS, oracleIds, oraclePieces } from './oracle.ts';
import { anyTexts, hardTexts, shortTexts } from './texts.ts';

const counter = createTokenCounter({ rules: 'js-tiktoken' });
const classes = codePointClasses('js-tiktoken')!;
const PIECE_ENDS = { o200k_base: o200kPieceEnd, cl100k_base: cl100kPieceEnd };

describe.each(ENCODINGS)('%s', (encoding) => {
  const model = MODELS[encoding];

  test('C-42: counts what js-tiktoken encodes, on hard texts', () => {
    fc.assert(
      fc.property(hardTexts, (text) => {
        expect(counter.countText(text, model)).toBe(oracleIds(encoding, text).length);
      }),
      { numRuns: 3_000 },
    );
  });

  test('C-42: counts what js-tiktoken encodes, on any text', () => {
    fc.assert(
      fc.property(anyTexts, (text) => {
        expect(counter.countText(text, model)).toBe(oracleIds(encoding, text).length);
      }),
      { numRuns: 1_500 },
    );
  });

  test('splits where the pattern of the encoding does, for every code point in a few settings', () => {
    const settings = [
      '%',
      'a%',
      'A%',
      '%a',
      '%A',
      '1%',
      ' %',
      '% ',
      '%%',
      '\n%',
      '%\n',
      "%'s",
      '!%',
      '日%A',
    ];
    // A text without the pieces of the others: each setting stands alone between line ends.
    for (let first = 0; first < 0x1_1000; first += 256) {
      const characters = Array.from({ length: 256 }, (_, offset) =>
        String.fromCodePoint(first + offset),
      );
      for (const setting of settings) {
        const text = characters
          .map((character) => setting.replaceAll('%', character))
          .join('\nx\n');
        expect(pieceLengths(text, encoding).join()).toBe(
          oraclePieces(encoding, text)
            .map((piece) => Buffer.byteLength(piece))
            .join(),
        );
      }
    }
  });

  test('W-44: counts names of special tokens as text', () => {
    for (const name of ['<|endoftext|>', '<|endofprompt|>', '<|fim_middle|>', 'a <|endoftext|>b']) {
      expect(counter.countText(name, model)).toBe(oracleIds(encoding, name).length);
    }
  });

  test('adds up over windows of long text', () => {
    fc.assert(
      fc.property(fc.array(shortTexts, { minLength: 4, maxLength: 12 }), (texts) => {
        const text = fillTo(2.5 * WINDOW_LENGTH, texts);
        expect(counter.countText(text, model)).toBe(oracleIds(encoding, text).length);
      }),
      { numRuns: 10 },
    );
  });
});

/** The length of each piece in bytes. */
function pieceLengths(text: string, encoding: keyof typeof PIECE_ENDS): readonly number[] {
  const bytes = new TextEncoder().encode(text);
  const window = { bytes, end: bytes.length, classes, foldsLongS: false };
  const lengths: number[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = PIECE_ENDS[encoding](window, start);
    lengths.push(end - start);
  }
  return lengths;
}

/** Repeats texts with a word between them, so that no piece is so long that the oracle takes minutes. */
function fillTo(length: number, texts: readonly string[]): string {
  let filled = '';
  for (let index = 0; filled.length < length; index++) {
    filled += `${texts[index % texts.length]!} word${index} `;
  }
  return filled;
}
