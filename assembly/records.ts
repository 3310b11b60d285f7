import {
  CLASS_ABUGIDA,
  CLASS_HANGUL,
  CLASS_LETTER,
  CLASS_SYMBOL,
  COLUMN_RUNS,
  RUN_PUNCTUATION,
  RUN_WORD,
  TALLY_COLUMN_BYTES,
  TALLY_STRIDE,
} from './shared/layout';

// Tally: what was counted since `resetTally`, one u32 a column.
//
//   byte  0        4       8       12        16           20             24         28
//         letters  digits  spaces  newlines  punctuation  latinExtended  alphabets  abugidas
//   byte 32   36    40       44     48       52     56       60         64               68
//         han  kana  hangul  emoji  symbols  words  numbers  spaceRuns  punctuationRuns

/** The counters of one text. */
@unmanaged
export class Tally {
  letters: u32;
  digits: u32;
  spaces: u32;
  newlines: u32;
  punctuation: u32;
  latinExtended: u32;
  alphabets: u32;
  abugidas: u32;
  han: u32;
  kana: u32;
  hangul: u32;
  emoji: u32;
  symbols: u32;
  words: u32;
  numbers: u32;
  spaceRuns: u32;
  punctuationRuns: u32;
}

/** Stops the build when the record and the layout disagree; compiles to nothing. */
export function assertLayout(): void {
  if (offsetof<Tally>() != TALLY_STRIDE) ERROR('TALLY_STRIDE');
  if (offsetof<Tally>('letters') != CLASS_LETTER * TALLY_COLUMN_BYTES) ERROR('CLASS_LETTER');
  if (offsetof<Tally>('abugidas') != CLASS_ABUGIDA * TALLY_COLUMN_BYTES) ERROR('CLASS_ABUGIDA');
  if (offsetof<Tally>('hangul') != CLASS_HANGUL * TALLY_COLUMN_BYTES) ERROR('CLASS_HANGUL');
  if (offsetof<Tally>('symbols') != CLASS_SYMBOL * TALLY_COLUMN_BYTES) ERROR('CLASS_SYMBOL');
  if (offsetof<Tally>('words') != (COLUMN_RUNS + RUN_WORD - 1) * TALLY_COLUMN_BYTES) {
    ERROR('RUN_WORD');
  }
  if (
    offsetof<Tally>('punctuationRuns') !=
    (COLUMN_RUNS + RUN_PUNCTUATION - 1) * TALLY_COLUMN_BYTES
  ) {
    ERROR('RUN_PUNCTUATION');
  }
}
