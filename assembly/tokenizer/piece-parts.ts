import { CodePoint } from './code-point';
import { skipRepeats } from './repeats';
import { foldsLongS, setReach } from './state';
import {
  CLASS_BLANK,
  CLASS_END,
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_NUMBER,
} from '../shared/tokenizer-layout';

// The parts that the patterns of both encodings share. Each function returns where its part ends and notes how far it
// looked, at the most 3 bytes beyond the reach that it leaves.

const WHITE: u32 = CLASS_BLANK | CLASS_LINE_END;
const NO_PUNCTUATION: u32 = WHITE | CLASS_NUMBER | CLASS_LETTER | CLASS_END;

const APOSTROPHE: u32 = 0x27;
const SPACE: u32 = 0x20;
const LOWER_CASE_BIT: u32 = 0x20;
/** ſ in UTF-8, read as a little-endian number. */
const LONG_S: u32 = 0xbfc5;

/** The end of an English contraction such as 'll at `at`, or `at` itself where there is none. */
export function contractionEnd(at: usize, end: usize): usize {
  if (at + 1 >= end || load<u8>(at) != APOSTROPHE) return at;
  const first: u32 = load<u8>(at, 1);
  if (first >= 0x80) return isLongS(at + 1, end) ? at + 3 : at;
  const letter: u32 = first | LOWER_CASE_BIT;
  if (isShortEnding(letter)) return at + 2;
  if (at + 2 >= end || load<u8>(at, 2) >= 0x80) return at;
  return isLongEnding(letter, (<u32>load<u8>(at, 2)) | LOWER_CASE_BIT) ? at + 3 : at;
}

/** s, t, m, d */
function isShortEnding(letter: u32): bool {
  return letter == 0x73 || letter == 0x74 || letter == 0x6d || letter == 0x64;
}

/** re, ve, ll */
function isLongEnding(first: u32, second: u32): bool {
  if (second == 0x65) return first == 0x72 || first == 0x76;
  return second == 0x6c && first == 0x6c;
}

function isLongS(at: usize, end: usize): bool {
  return foldsLongS && at + 1 < end && load<u16>(at) == LONG_S;
}

/** The end of the run of code points that have a class of `mask`. */
export function runEnd(at: usize, end: usize, mask: u32): usize {
  let next: usize = at;
  let codePoint: u32 = CodePoint.at(next, end);
  if ((codePoint & mask) != 0) next = skipRepeats(next, end);
  codePoint = CodePoint.at(next, end);
  while ((codePoint & mask) != 0) {
    next += CodePoint.bytes(codePoint);
    codePoint = CodePoint.at(next, end);
  }
  setReach(next);
  return next;
}

/** The end of one to three numbers, the first of which stands at the address. */
export function numberEnd(at: usize, end: usize): usize {
  let next: usize = at;
  for (let count: i32 = 0; count < 3; count++) {
    const codePoint: u32 = CodePoint.at(next, end);
    if ((codePoint & CLASS_NUMBER) == 0) break;
    next += CodePoint.bytes(codePoint);
  }
  setReach(next);
  return next;
}

/** The end of punctuation and symbols after at most one space, or `at` where there are none. */
export function punctuationEnd(at: usize, end: usize): usize {
  const first: usize = load<u8>(at) == SPACE ? at + 1 : at;
  let next: usize = first;
  let codePoint: u32 = CodePoint.at(next, end);
  if ((codePoint & NO_PUNCTUATION) == 0) next = skipRepeats(next, end);
  codePoint = CodePoint.at(next, end);
  while ((codePoint & NO_PUNCTUATION) == 0) {
    next += CodePoint.bytes(codePoint);
    codePoint = CodePoint.at(next, end);
  }
  setReach(next);
  return next == first ? at : next;
}

/**
 * The end of the piece that a run of white space starts with: after its last line end; without one, before its last code
 * point, which goes with the word that follows; the whole run at the end of the text.
 */
export function whiteSpaceEnd(at: usize, end: usize): usize {
  let next: usize = skipRepeats(at, end);
  let last: usize = next > at ? next - 1 : at;
  let afterLineEnd: usize = (CodePoint.at(at, end) & CLASS_LINE_END) != 0 ? next : at;
  let codePoint: u32 = CodePoint.at(next, end);
  while ((codePoint & WHITE) != 0) {
    last = next;
    next += CodePoint.bytes(codePoint);
    if ((codePoint & CLASS_LINE_END) != 0) afterLineEnd = next;
    codePoint = CodePoint.at(next, end);
  }
  setReach(next);
  if (afterLineEnd > at) return afterLineEnd;
  return next >= end || last == at ? next : last;
}
