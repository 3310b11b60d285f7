import {
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_LOWER,
  CLASS_NUMBER,
  CLASS_UPPER,
} from '../kernel/code-point-classes.ts';
import { classAt, widthAt } from './code-point-class.ts';
import {
  afterPrefix,
  contractionEnd,
  numberEnd,
  punctuationEnd,
  runEnd,
  whiteSpaceEnd,
} from './piece-rules.ts';
import type { TextWindow } from './code-point-class.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SLASH = 0x2f;

/**
 * Splits as the pattern of o200k_base does, without a regular expression: no backtracking, no match objects, and no stack
 * that a megabyte of one letter could exhaust. Tested against the pattern that js-tiktoken ships.
 */
export function o200kPieceEnd(window: TextWindow, start: number): number {
  const classes = classAt(window, start);
  if ((classes & CLASS_NUMBER) !== 0) return numberEnd(window, start);
  const word = (classes & CLASS_LINE_END) === 0 ? wordEnd(window, start) : start;
  if (word > start) return contractionEnd(window, word);
  const punctuation = punctuationEnd(window, start);
  if (punctuation > start) return lineEndsAndSlashesEnd(window, punctuation);
  return whiteSpaceEnd(window, start);
}

/**
 * A word is an upper part and a lower part, either may be empty: `Hello`, `HELLO`, `hello`. Letters without case belong to
 * both parts, so after such a one a word ends where only capitals follow, unless lower case comes after them.
 */
function wordEnd(window: TextWindow, start: number): number {
  const { bytes, end } = window;
  const first = afterPrefix(window, start);
  let at = first;
  let afterCaseless = -1;
  while (at < end) {
    const classes = classAt(window, at);
    if ((classes & CLASS_UPPER) === 0) break;
    at += widthAt(bytes, at);
    if ((classes & CLASS_LOWER) !== 0) afterCaseless = at;
  }
  const lowerEnd = runEnd(window, at, CLASS_LOWER);
  if (lowerEnd > at) return lowerEnd;
  if (afterCaseless >= 0) return afterCaseless;
  if (isMark(window, start)) return first;
  return at > first ? at : start;
}

/** A combining mark is no letter but may stand in both parts of a word. */
function isMark(window: TextWindow, at: number): boolean {
  return (classAt(window, at) & (CLASS_UPPER | CLASS_LETTER)) === CLASS_UPPER;
}

function lineEndsAndSlashesEnd(window: TextWindow, start: number): number {
  let at = start;
  while (at < window.end) {
    const byte = window.bytes[at];
    if (byte !== NEWLINE && byte !== RETURN && byte !== SLASH) break;
    at++;
  }
  return at;
}
