import { CodePoint } from './code-point';
import { contractionEnd, numberEnd, punctuationEnd, runEnd, whiteSpaceEnd } from './piece-parts';
import { skipRepeats } from './repeats';
import { setReach } from './state';
import {
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_LOWER,
  CLASS_NUMBER,
  CLASS_UPPER,
} from '../shared/tokenizer-layout';

const SLASH: u32 = 0x2f;
const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;

/** The end of the piece of o200k_base that begins at the address, whatever the text. */
export function o200kPieceEnd(at: usize, end: usize): usize {
  const classes: u32 = CodePoint.at(at, end);
  if ((classes & CLASS_NUMBER) != 0) return numberEnd(at, end);
  if ((classes & CLASS_LINE_END) == 0) {
    const word: usize = wordEnd(at, end, classes);
    if (word > at) return contractionEnd(word, end);
  }
  const punctuation: usize = punctuationEnd(at, end);
  if (punctuation > at) return slashesEnd(punctuation, end);
  return whiteSpaceEnd(at, end);
}

/**
 * A word is an upper part and a lower part, either may be empty: Hello, HELLO, hello. Letters without case belong to both
 * parts, so after such a one a word ends where only capitals follow, unless lower case comes after them.
 */
function wordEnd(at: usize, end: usize, first: u32): usize {
  const hasPrefix: bool = (first & CLASS_LETTER) == 0;
  const start: usize = hasPrefix ? at + CodePoint.bytes(first) : at;
  let next: usize = start;
  let afterCaseless: usize = 0;
  let codePoint: u32 = hasPrefix ? CodePoint.at(next, end) : first;
  // ASCII letters have case, so a run of one ends no caseless part.
  if ((codePoint & CLASS_UPPER) != 0) next = skipRepeats(next, end);
  codePoint = CodePoint.at(next, end);
  while ((codePoint & CLASS_UPPER) != 0) {
    next += CodePoint.bytes(codePoint);
    if ((codePoint & CLASS_LOWER) != 0) afterCaseless = next;
    codePoint = CodePoint.at(next, end);
  }
  if ((codePoint & CLASS_LOWER) != 0) return runEnd(next, end, CLASS_LOWER);
  setReach(next);
  if (afterCaseless != 0) return afterCaseless;
  // A combining mark is no letter but may stand in both parts of a word.
  if (hasPrefix && (first & CLASS_UPPER) != 0) return start;
  return next > start ? next : at;
}

function slashesEnd(at: usize, end: usize): usize {
  let next: usize = isSlashOrLineEnd(at, end) ? skipRepeats(at, end) : at;
  while (isSlashOrLineEnd(next, end)) next++;
  setReach(next);
  return next;
}

function isSlashOrLineEnd(at: usize, end: usize): bool {
  if (at >= end) return false;
  const byte: u32 = load<u8>(at);
  return byte == NEWLINE || byte == RETURN || byte == SLASH;
}
