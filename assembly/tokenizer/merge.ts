import { mergeShort } from './merge-short';
import { isOfThree } from './piece-scripts';
import { searchTokens } from './search';
import { stackAt } from './state';

const MAX_SHORT: i32 = 32;
const MAX_SHORT_OF_THREE: i32 = 96;

/**
 * Splits a piece into the tokens that byte-pair merging makes of it: their lengths go to the stack, their number is
 * returned. Up to 32 bytes, or code points of three bytes, are merged pair by pair, as that is faster there (new English text by
 * 40 %, text with Indic words by 6 %); everything else goes by backtracking, whose time grows with the length only.
 */
export function mergePiece(at: usize, length: i32): i32 {
  if (length == 1) {
    store<u8>(stackAt, 1);
    return 1;
  }
  if (ASC_FEATURE_SIMD) {
    if (length <= (isOfThree(at, length) ? MAX_SHORT_OF_THREE : MAX_SHORT)) {
      const tokens: i32 = mergeShort(at, length);
      if (tokens != 0) return tokens;
    }
  }
  return searchTokens(at, length);
}
