import {
  CLASS_BLANK,
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_NUMBER,
} from '../kernel/code-point-classes.ts';
import { classAt, widthAt } from './code-point-class.ts';
import type { TextWindow } from './code-point-class.ts';

/** Finds the end of the piece that starts at a byte of the window; always past `start`. */
export type PieceEnd = (window: TextWindow, start: number) => number;

const WHITE = CLASS_BLANK | CLASS_LINE_END;
const WORDLIKE_OR_WHITE = CLASS_LETTER | CLASS_NUMBER | WHITE;
const MAX_NUMBER_LENGTH = 3;

const SPACE = 0x20;
const APOSTROPHE = 0x27;
const LOWER_CASE_BIT = 0x20;

/** `ſ` as UTF-8; of all letters but s itself it alone is an s to patterns that ignore case. */
const LONG_S = [0xc5, 0xbf] as const;

/** What may follow an apostrophe, in lower case: `s t m d` and `re ve ll`. */
const SHORT_ENDINGS: ReadonlySet<number> = new Set(
  ['s', 't', 'm', 'd'].map((letter) => letter.charCodeAt(0)),
);
const LONG_ENDINGS: ReadonlySet<number> = new Set(
  ['re', 've', 'll'].map((ending) => pair(ending.charCodeAt(0), ending.charCodeAt(1))),
);

/** The end of an English contraction such as `'ll` at `at`, or `at` itself where there is none. */
export function contractionEnd(window: TextWindow, at: number): number {
  const { bytes, end, foldsLongS } = window;
  if (bytes[at] !== APOSTROPHE || at + 1 >= end) return at;
  if (foldsLongS && bytes[at + 1] === LONG_S[0] && bytes[at + 2] === LONG_S[1]) return at + 3;
  const first = (bytes[at + 1] ?? 0) | LOWER_CASE_BIT;
  if (SHORT_ENDINGS.has(first)) return at + 2;
  if (at + 2 >= end) return at;
  const second = (bytes[at + 2] ?? 0) | LOWER_CASE_BIT;
  return LONG_ENDINGS.has(pair(first, second)) ? at + 3 : at;
}

/** The end of the run of code points that have a class of `mask`. */
export function runEnd(window: TextWindow, start: number, mask: number): number {
  const { bytes, end } = window;
  let at = start;
  while (at < end && (classAt(window, at) & mask) !== 0) at += widthAt(bytes, at);
  return at;
}

/** The end of a number: one to three digits, or other code points of class N. */
export function numberEnd(window: TextWindow, start: number): number {
  const { bytes, end } = window;
  let at = start;
  for (let length = 0; length < MAX_NUMBER_LENGTH && at < end; length++) {
    if ((classAt(window, at) & CLASS_NUMBER) === 0) break;
    at += widthAt(bytes, at);
  }
  return at;
}

/** The end of punctuation and symbols after at most one space, or `start` where there are none. */
export function punctuationEnd(window: TextWindow, start: number): number {
  const { bytes, end } = window;
  const first = bytes[start] === SPACE ? start + 1 : start;
  let at = first;
  while (at < end && (classAt(window, at) & WORDLIKE_OR_WHITE) === 0) at += widthAt(bytes, at);
  return at === first ? start : at;
}

/**
 * The end of the piece that a run of white space starts with: after its last line end; without one, before its last code
 * point, which goes with the word that follows; the whole run at the end of the text.
 */
export function whiteSpaceEnd(window: TextWindow, start: number): number {
  const { bytes, end } = window;
  let at = start;
  let last = start;
  let afterLineEnd = start;
  while (at < end) {
    const classes = classAt(window, at);
    if ((classes & WHITE) === 0) break;
    last = at;
    at += widthAt(bytes, at);
    if ((classes & CLASS_LINE_END) !== 0) afterLineEnd = at;
  }
  if (afterLineEnd > start) return afterLineEnd;
  return at === end || last === start ? at : last;
}

/** Where a word's letters may start: at its first letter, or after one code point of any kind but a number or line end. */
export function afterPrefix(window: TextWindow, start: number): number {
  const { bytes } = window;
  const hasPrefix = (classAt(window, start) & CLASS_LETTER) === 0;
  return hasPrefix ? start + widthAt(bytes, start) : start;
}

function pair(first: number, second: number): number {
  return (first << 8) | second;
}
