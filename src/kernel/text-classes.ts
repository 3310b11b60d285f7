import {
  CLASS_ABUGIDA,
  CLASS_ALPHABET,
  CLASS_BLOCK_BITS,
  CLASS_COUNT,
  CLASS_DIGIT,
  CLASS_EMOJI,
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
  COLUMN_RUNS,
  ENTRY_CLASS_MASK,
  ENTRY_RUN_SHIFT,
  RUN_NONE,
  RUN_NUMBER,
  RUN_PUNCTUATION,
  RUN_SPACE,
  RUN_WORD,
  TALLY_COLUMNS,
} from '../../assembly/shared/layout.ts';
import { buildClassTable } from './class-table.ts';

/**
 * What a text is made of. The classes from `letters` to `symbols` divide the code points among themselves; the last four
 * count runs. All values are whole numbers, so two implementations either agree exactly or are wrong.
 */
export interface TextClasses {
  readonly codePoints: number;
  /** Length in UTF-8 bytes; a lone surrogate counts three, the length of U+FFFD. */
  readonly utf8Bytes: number;
  /** A-Z and a-z. */
  readonly letters: number;
  /** 0-9. */
  readonly digits: number;
  /** Space and tab. */
  readonly spaces: number;
  /** Line feed and carriage return. */
  readonly newlines: number;
  /** The visible ASCII characters that are neither letters nor digits. */
  readonly punctuation: number;
  /** Letters of Latin scripts beyond ASCII. */
  readonly latinExtended: number;
  /** Letters of Greek, Cyrillic, Armenian, Hebrew, Arabic and their neighbours. */
  readonly alphabets: number;
  /** Letters of the scripts of South and South-East Asia and others that take three bytes. */
  readonly abugidas: number;
  readonly han: number;
  readonly kana: number;
  readonly hangul: number;
  /** Code points beyond U+FFFF that are not Han: emoji for the most part. */
  readonly emoji: number;
  /** Everything else: typographic signs, control characters, lone surrogates. */
  readonly symbols: number;
  /** Runs of letters of any script but Han, kana and hangul; `fooBar` is two. */
  readonly words: number;
  /** Runs of digits. */
  readonly numbers: number;
  /** Runs of spaces and tabs. */
  readonly spaceRuns: number;
  /** Runs of ASCII punctuation. */
  readonly punctuationRuns: number;
}

const CLASS_TABLE = /* @__PURE__ */ buildClassTable();
/** One for all texts: to make one takes longer than to count a short text. */
const TALLY = /* @__PURE__ */ new Uint32Array(TALLY_COLUMNS);

/** Counts the classes of a text in plain JavaScript: the reference for the WASM kernel, and its stand-in. */
export function countTextClasses(text: string): TextClasses {
  const tally = TALLY.fill(0);
  let utf8Bytes = 0;
  let openRun: number = RUN_NONE;
  let previousUnit = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    let entry = unitEntry(unit);
    // Most units are ASCII, for which this is all.
    if (unit < CLASS_TABLE_ASCII) utf8Bytes += 1;
    else if (isPairAt(text, index)) {
      entry = pairClass(unit);
      index += 1;
      utf8Bytes += 4;
    } else utf8Bytes += unitBytes(unit);
    add(tally, entry & ENTRY_CLASS_MASK);
    const run = entry >>> ENTRY_RUN_SHIFT;
    const begins = run !== openRun || (isCapital(unit) && isSmall(previousUnit));
    if (begins && run !== RUN_NONE) add(tally, runColumn(run));
    openRun = run;
    previousUnit = unit;
  }
  return toTextClasses(tally, utf8Bytes);
}

/** Names the columns of a tally. */
export function toTextClasses(tally: Uint32Array, utf8Bytes: number): TextClasses {
  return {
    codePoints: sumOfClasses(tally),
    utf8Bytes,
    letters: column(tally, CLASS_LETTER),
    digits: column(tally, CLASS_DIGIT),
    spaces: column(tally, CLASS_SPACE),
    newlines: column(tally, CLASS_NEWLINE),
    punctuation: column(tally, CLASS_PUNCTUATION),
    latinExtended: column(tally, CLASS_LATIN_EXTENDED),
    alphabets: column(tally, CLASS_ALPHABET),
    abugidas: column(tally, CLASS_ABUGIDA),
    han: column(tally, CLASS_HAN),
    kana: column(tally, CLASS_KANA),
    hangul: column(tally, CLASS_HANGUL),
    emoji: column(tally, CLASS_EMOJI),
    symbols: column(tally, CLASS_SYMBOL),
    words: column(tally, runColumn(RUN_WORD)),
    numbers: column(tally, runColumn(RUN_NUMBER)),
    spaceRuns: column(tally, runColumn(RUN_SPACE)),
    punctuationRuns: column(tally, runColumn(RUN_PUNCTUATION)),
  };
}

function sumOfClasses(tally: Uint32Array): number {
  let sum = 0;
  for (let index = 0; index < CLASS_COUNT; index += 1) sum += column(tally, index);
  return sum;
}

function runColumn(run: number): number {
  return COLUMN_RUNS + run - 1;
}

function column(tally: Uint32Array, index: number): number {
  return tally[index] ?? 0;
}

function add(tally: Uint32Array, index: number): void {
  tally[index] = column(tally, index) + 1;
}

function unitEntry(unit: number): number {
  const index = unit < CLASS_TABLE_ASCII ? unit : CLASS_TABLE_ASCII + (unit >>> CLASS_BLOCK_BITS);
  return CLASS_TABLE[index] ?? CLASS_SYMBOL;
}

function unitBytes(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 ? 2 : 3;
}

function isPairAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(index + 1); // NaN at the end, which compares false
  return next >= 0xdc00 && next <= 0xdfff;
}

/** Planes 2 and 3 hold Han only; their high surrogates are D840 to D8BF. */
function pairClass(highSurrogate: number): number {
  return highSurrogate >= 0xd840 && highSurrogate <= 0xd8bf ? CLASS_HAN : CLASS_EMOJI;
}

function isCapital(unit: number): boolean {
  return unit >= 0x41 && unit <= 0x5a;
}

function isSmall(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a;
}
