import { Bits } from './bits';
import { staysApart } from './joint';
import { repeatsAhead } from './repeats';
import { addWork, deadAt, stackAt } from './state';
import { Token } from './token';
import { longestToken } from './token-lengths';
import { rankOf } from './vocabulary';

// Takes the longest token each time, as long as it stays apart from the one before; else the next shorter one; and where none
// is left, goes a token back and marks the position as dead. A piece has exactly one row of tokens of which all neighbours
// stay apart, and it is the one that merging ends with. A position dies once, so the work grows with the length.

const NOT_FOUND: i32 = 0;

// The row so far: how many tokens, how many bytes they have, and the last of them.
let count: i32 = 0;
let position: i32 = 0;
let previous: u32 = 0;

/** Puts the lengths of the tokens of a piece of 2 bytes and more on the stack and returns their number. */
export function searchTokens(at: usize, length: i32): i32 {
  const found: i32 = findRow(at, length, true);
  return found != NOT_FOUND ? found : findRow(at, length, false);
}

/**
 * With `skipsRuns`, a token that has followed itself in a run of one byte is taken for as long as the run gives room. Should
 * that leave no way to the end, nothing is found; but whatever row is found is the right one, as there is no other.
 */
function findRow(at: usize, length: i32, skipsRuns: bool): i32 {
  for (let byte: i32 = 0; byte <= length >> 3; byte += 8) store<u64>(deadAt + byte, 0);
  count = 0;
  position = 0;
  previous = 0;
  let token: u32 = longestToken(at, length);
  while (token != 0) {
    const bytes: i32 = Token.bytes(token);
    if (!fits(at, token, bytes)) {
      token = bytes > 1 ? longestToken(at + position, bytes - 1) : goBack(at);
      continue;
    }
    take(bytes, 1);
    if (position == length) return count;
    if (skipsRuns && token == previous) {
      take(bytes, repeatsAhead(token, at + position, at + length));
    }
    previous = token;
    token = longestToken(at + position, length - position);
  }
  return NOT_FOUND;
}

function fits(at: usize, token: u32, bytes: i32): bool {
  if (Bits.has(deadAt, position + bytes)) return false;
  return count == 0 || staysApart(at + position, previous, token);
}

function take(bytes: i32, times: i32): void {
  for (let index: i32 = 0; index < times; index++) store<u8>(stackAt + count + index, bytes);
  count += times;
  position += bytes * times;
}

/** Undoes tokens until there is a shorter one in place of the last undone; 0 when all are undone. */
function goBack(at: usize): u32 {
  while (count > 0) {
    Bits.set(deadAt, position);
    count--;
    const undone: i32 = load<u8>(stackAt + count);
    position -= undone;
    previous = count > 0 ? tokenBefore(at + position, load<u8>(stackAt + count - 1)) : 0;
    if (undone > 1) return longestToken(at + position, undone - 1);
  }
  return 0;
}

function tokenBefore(end: usize, bytes: i32): u32 {
  addWork(1);
  return bytes == 1 ? Token.ofByte() : Token.of(rankOf(end - bytes, bytes), bytes);
}
