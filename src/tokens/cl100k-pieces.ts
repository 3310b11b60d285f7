import { classAt, LETTER, LINE_END, NUMBER } from './code-point-class.ts';
import {
  afterPrefix,
  contractionEnd,
  numberEnd,
  punctuationEnd,
  runEnd,
  whiteSpaceEnd,
} from './piece-rules.ts';
import type { TextWindow } from './piece-rules.ts';

/** Splits as the pattern of cl100k_base does, without a regular expression. Tested against the pattern that js-tiktoken ships. */
export function cl100kPieceEnd(window: TextWindow, start: number): number {
  const contraction = contractionEnd(window, start);
  if (contraction > start) return contraction;
  const classes = classAt(window.bytes, start);
  if ((classes & NUMBER) !== 0) return numberEnd(window, start);
  const word = (classes & LINE_END) === 0 ? wordEnd(window, start) : start;
  if (word > start) return word;
  const punctuation = punctuationEnd(window, start);
  if (punctuation > start) return runEnd(window, punctuation, LINE_END);
  return whiteSpaceEnd(window, start);
}

/** Letters of any case after at most one other code point; combining marks are not letters here. */
function wordEnd(window: TextWindow, start: number): number {
  const first = afterPrefix(window, start);
  const end = runEnd(window, first, LETTER);
  return end > first ? end : start;
}
