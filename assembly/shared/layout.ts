// The one place where offsets, strides, limits and codes of linear memory are written. Two compilers read this file,
// so it holds literals only.

/** Raised whenever a record, a column or a table below changes its meaning. */
export const LAYOUT_VERSION = 1;

/**
 * Bytes of text that one call takes. V8 never replaces a WASM loop that is already running by its optimised form, so a
 * call must be short enough for the next one to profit.
 */
export const TEXT_SLAB_BYTES = 32768;

/** Bytes of one tally column. */
export const TALLY_COLUMN_BYTES = 4;

/** Bytes of the whole tally. */
export const TALLY_STRIDE = 68;

// Tally columns. Those of the classes come first, those of the runs follow, and both stand in the order of their codes.
export const CLASS_LETTER = 0;
export const CLASS_DIGIT = 1;
export const CLASS_SPACE = 2;
export const CLASS_NEWLINE = 3;
export const CLASS_PUNCTUATION = 4;
export const CLASS_LATIN_EXTENDED = 5;
export const CLASS_ALPHABET = 6;
export const CLASS_ABUGIDA = 7;
export const CLASS_HAN = 8;
export const CLASS_KANA = 9;
export const CLASS_HANGUL = 10;
export const CLASS_EMOJI = 11;
export const CLASS_SYMBOL = 12;
export const CLASS_COUNT = 13;
export const COLUMN_RUNS = 13;
export const TALLY_COLUMNS = 17;

// What a run consists of. A run of RUN_NONE is not counted; the others have the columns from COLUMN_RUNS on.
export const RUN_NONE = 0;
export const RUN_WORD = 1;
export const RUN_NUMBER = 2;
export const RUN_SPACE = 3;
export const RUN_PUNCTUATION = 4;

// A class-table entry is one byte: the class in the low bits, the kind of run above it.
export const ENTRY_CLASS_MASK = 0x0f;
export const ENTRY_RUN_SHIFT = 4;

/** Class-table entries for single ASCII characters; the entries for blocks of 64 code points follow. */
export const CLASS_TABLE_ASCII = 128;

/** Code points of one block, as a power of two. */
export const CLASS_BLOCK_BITS = 6;

/** One byte for each ASCII character and each block of the basic multilingual plane. */
export const CLASS_TABLE_BYTES = 1152;

/** The call did what it was asked. */
export const STATUS_OK = 0;

/** The length is negative or does not fit the slab; nothing was counted. */
export const STATUS_BAD_LENGTH = -1;
