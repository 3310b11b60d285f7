import { Bytes } from './bytes';
import { mergeShort } from './merge-short';
import { searchTokens } from './search';
import { stackAt } from './state';

const MAX_SHORT: i32 = 32;

/**
 * Splits a piece into the tokens that byte-pair merging makes of it: their lengths go to the stack, their number is
 * returned. Up to 32 bytes of scripts that are not of three bytes a code point are merged pair by pair, as that is faster
 * there (new English text by 40 %); everything else goes by backtracking, whose time grows with the length only.
 */
export function mergePiece(at: usize, length: i32): i32 {
  if (length == 1) {
    store<u8>(stackAt, 1);
    return 1;
  }
  if (ASC_FEATURE_SIMD) {
    if (length <= MAX_SHORT && !isOfThree(at, length)) return mergeShort(at, length);
  }
  return searchTokens(at, length);
}

/** Whether nearly all of a piece is code points of three bytes. */
export function isOfThree(at: usize, length: i32): bool {
  if (load<u8>(at + length - 1) < 0x80) return false;
  return Bytes.leadsThree(load<u8>(at)) || Bytes.leadsThree(load<u8>(at, 1));
}
