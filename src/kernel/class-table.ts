import {
  CLASS_ABUGIDA,
  CLASS_ALPHABET,
  CLASS_BLOCK_BITS,
  CLASS_DIGIT,
  CLASS_HAN,
  CLASS_HANGUL,
  CLASS_KANA,
  CLASS_LATIN_EXTENDED,
  CLASS_LETTER,
  CLASS_NEWLINE,
  CLASS_PUNCTUATION,
  CLASS_SPACE,
  CLASS_SYMBOL,
  CLASS_TABLE_ASCII,
  CLASS_TABLE_BYTES,
  ENTRY_RUN_SHIFT,
  RUN_NONE,
  RUN_NUMBER,
  RUN_PUNCTUATION,
  RUN_SPACE,
  RUN_WORD,
} from '../../assembly/shared/layout.ts';

type Range = readonly [firstCode: number, textClass: number];

// Each range lasts until the next one begins. Beyond ASCII a range begins at a multiple of 64, so a few characters at
// the edges of a script land in its neighbour; an estimate does not feel that, and the table stays within 1.2 KB.
const RANGES: readonly Range[] = [
  [0x00, CLASS_SYMBOL],
  [0x09, CLASS_SPACE],
  [0x0a, CLASS_NEWLINE],
  [0x0b, CLASS_SYMBOL],
  [0x0d, CLASS_NEWLINE],
  [0x0e, CLASS_SYMBOL],
  [0x20, CLASS_SPACE],
  [0x21, CLASS_PUNCTUATION],
  [0x30, CLASS_DIGIT],
  [0x3a, CLASS_PUNCTUATION],
  [0x41, CLASS_LETTER],
  [0x5b, CLASS_PUNCTUATION],
  [0x61, CLASS_LETTER],
  [0x7b, CLASS_PUNCTUATION],
  [0x7f, CLASS_SYMBOL],
  [0x00c0, CLASS_LATIN_EXTENDED],
  [0x0340, CLASS_ALPHABET], // Greek, Cyrillic, Armenian, Hebrew, Arabic, Syriac, Thaana, N'Ko
  [0x0800, CLASS_ABUGIDA], // Devanagari to Tibetan, Thai, Burmese, Georgian
  [0x1100, CLASS_HANGUL],
  [0x1200, CLASS_ABUGIDA], // Ethiopic, Cherokee, Khmer, Mongolian
  [0x1d00, CLASS_LATIN_EXTENDED], // phonetic letters and the letters of Vietnamese
  [0x1f00, CLASS_ALPHABET], // polytonic Greek
  [0x2000, CLASS_SYMBOL], // typographic punctuation, currency, arrows, mathematics
  [0x2c00, CLASS_ALPHABET],
  [0x2e00, CLASS_SYMBOL],
  [0x2e80, CLASS_HAN],
  [0x3000, CLASS_SYMBOL], // East Asian punctuation
  [0x3040, CLASS_KANA],
  [0x3140, CLASS_HANGUL],
  [0x31c0, CLASS_KANA],
  [0x3200, CLASS_SYMBOL],
  [0x3400, CLASS_HAN],
  [0x4dc0, CLASS_SYMBOL],
  [0x4e00, CLASS_HAN],
  [0xa000, CLASS_ABUGIDA], // Yi, Vai and smaller scripts
  [0xa700, CLASS_LATIN_EXTENDED],
  [0xa800, CLASS_ABUGIDA],
  [0xac00, CLASS_HANGUL],
  [0xd800, CLASS_SYMBOL], // a lone surrogate, which UTF-8 can only write as U+FFFD
  [0xf900, CLASS_HAN],
  [0xfb00, CLASS_ALPHABET], // presentation forms of Hebrew and Arabic
  [0xfe00, CLASS_SYMBOL],
  [0xfe80, CLASS_ALPHABET],
  [0xff00, CLASS_SYMBOL], // full-width forms
  [0xff80, CLASS_KANA],
  [0xffc0, CLASS_SYMBOL],
];

const RUN_OF_CLASS: ReadonlyMap<number, number> = new Map([
  [CLASS_LETTER, RUN_WORD],
  [CLASS_LATIN_EXTENDED, RUN_WORD],
  [CLASS_ALPHABET, RUN_WORD],
  [CLASS_ABUGIDA, RUN_WORD],
  [CLASS_DIGIT, RUN_NUMBER],
  [CLASS_SPACE, RUN_SPACE],
  [CLASS_PUNCTUATION, RUN_PUNCTUATION],
]);

function entryOf(code: number): number {
  const textClass = RANGES.findLast(([firstCode]) => firstCode <= code)?.[1] ?? CLASS_SYMBOL;
  return textClass | ((RUN_OF_CLASS.get(textClass) ?? RUN_NONE) << ENTRY_RUN_SHIFT);
}

/**
 * Builds the table both kernels look classes up in: one entry for each ASCII character, then one for each block of the
 * basic multilingual plane.
 */
export function buildClassTable(): Uint8Array {
  return Uint8Array.from({ length: CLASS_TABLE_BYTES }, (_, index) =>
    index < CLASS_TABLE_ASCII
      ? entryOf(index)
      : entryOf((index - CLASS_TABLE_ASCII) << CLASS_BLOCK_BITS),
  );
}
