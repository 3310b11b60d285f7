import { CLASS_LETTER, CLASS_LINE_END, CLASS_NUMBER } from '../kernel/code-point-classes.ts';
import { classAt } from './code-point-class.ts';
import {
  afterPrefix,
  contractionEnd,
  numberEnd,
  punctuationEnd,
  runEnd,
  whiteSpaceEnd,
} from './piece-rules.ts';
import type { TextWindow } from './code-point-class.ts';

/** Splits as the pattern of cl100k_base does, without a regular expression. Tested against the pattern that js-tiktoken ships. */
export function cl100kPieceEnd(window: TextWindow, start: number): number {
  const contraction = contractionEnd(window, start);
  if (contraction > start) return contraction;
  const classes = classAt(window, start);
  if ((classes & CLASS_NUMBER) !== 0) return numberEnd(window, start);
  const word = (classes & CLASS_LINE_END) === 0 ? wordEnd(window, start) : start;
  if (word > start) return word;
  const punctuation = punctuationEnd(window, start);
  if (punctuation > start) return runEnd(window, punctuation, CLASS_LINE_END);
  return whiteSpaceEnd(window, start);
}

/** Letters of any case after at most one other code point; combining marks are not letters here. */
function wordEnd(window: TextWindow, start: number): number {
  const first = afterPrefix(window, start);
  const end = runEnd(window, first, CLASS_LETTER);
  return end > first ? end : start;
}
