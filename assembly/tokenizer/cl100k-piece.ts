import { CodePoint } from './code-point';
import { contractionEnd, numberEnd, punctuationEnd, runEnd, whiteSpaceEnd } from './piece-parts';
import { setReach } from './state';
import { CLASS_LETTER, CLASS_LINE_END, CLASS_NUMBER } from '../shared/tokenizer-layout';

/** The end of the piece of cl100k_base that begins at the address, whatever the text. */
export function cl100kPieceEnd(at: usize, end: usize): usize {
  setReach(at);
  const contraction: usize = contractionEnd(at, end);
  if (contraction > at) return contraction;
  const classes: u32 = CodePoint.at(at, end);
  if ((classes & CLASS_NUMBER) != 0) return numberEnd(at, end);
  if ((classes & CLASS_LINE_END) == 0) {
    const start: usize = (classes & CLASS_LETTER) == 0 ? at + CodePoint.bytes(classes) : at;
    const word: usize = runEnd(start, end, CLASS_LETTER);
    if (word > start) return word;
  }
  const punctuation: usize = punctuationEnd(at, end);
  if (punctuation > at) return runEnd(punctuation, end, CLASS_LINE_END);
  return whiteSpaceEnd(at, end);
}
