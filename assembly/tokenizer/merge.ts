import { Bits } from './bits';
import { Bytes } from './bytes';
import { staysApart } from './joint';
import { mergeShort } from './merge-short';
import { addWork, deadAt, stackAt } from './state';
import { Token } from './token';
import { longestToken } from './token-lengths';
import { rankOf } from './vocabulary';

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
  return mergeByBacktracking(at, length);
}

function isOfThree(at: usize, length: i32): bool {
  if (load<u8>(at + length - 1) < 0x80) return false;
  return Bytes.leadsThree(load<u8>(at)) || Bytes.leadsThree(load<u8>(at, 1));
}

/**
 * Takes the longest token each time, as long as it stays apart from the one before; else the next shorter one; and where
 * none is left, goes a token back and marks the position as dead. A piece has exactly one row of tokens of which all
 * neighbours stay apart, and it is the one that merging ends with. A position dies once, so the work grows with the length.
 */
function mergeByBacktracking(at: usize, length: i32): i32 {
  for (let byte: i32 = 0; byte <= length >> 3; byte += 8) store<u64>(deadAt + byte, 0);
  let count: i32 = 0;
  let position: i32 = 0;
  let previous: u32 = 0;
  let token: u32 = longestToken(at, length);
  while (true) {
    const bytes: i32 = Token.bytes(token);
    const end: i32 = position + bytes;
    if (!Bits.has(deadAt, end) && (count == 0 || staysApart(at + position, previous, token))) {
      store<u8>(stackAt + count, bytes);
      count++;
      if (end == length) return count;
      position = end;
      previous = token;
      token = longestToken(at + position, length - position);
      continue;
    }
    token = bytes > 1 ? longestToken(at + position, bytes - 1) : 0;
    while (token == 0) {
      Bits.set(deadAt, position);
      count--;
      const undone: i32 = load<u8>(stackAt + count);
      position -= undone;
      token = undone > 1 ? longestToken(at + position, undone - 1) : 0;
      previous = count > 0 ? tokenBefore(at + position, load<u8>(stackAt + count - 1)) : 0;
    }
  }
}

function tokenBefore(end: usize, bytes: i32): u32 {
  addWork(1);
  return bytes == 1 ? Token.ofByte() : Token.of(rankOf(end - bytes, bytes), bytes);
}
