import { Bits } from './bits';
import { Bytes } from './bytes';
import { Known, MAX_MIDDLE, MAX_SHORT, Slot } from './fronts';
import { Hash } from './hash';
import { mergePiece } from './merge';
import { addWork } from './state';
import { Vocabulary } from './vocabulary';
import {
  CHAR_JOINTS_AT,
  CHAR_RANKS_AT,
  NO_RANK,
  RAGGED_JOINTS_AT,
} from '../shared/tokenizer-layout';

const CHAR_BYTES: usize = 3;

/**
 * How many tokens a piece of code points of three bytes has, without finding out which. No merge ever crosses a joint of
 * which neither table of joints knows, so the piece falls into groups that are merged each for itself, and nearly all of
 * them are one or two code points that a look-up decides: CJK text is 30 % faster for it, new and seen before.
 */
export function tokensOfChars(at: usize, length: i32): i32 {
  const end: usize = at + length;
  let tokens: i32 = 0;
  let start: usize = at;
  let next: usize = at;
  addWork(<u32>length / 3);
  while (next < end) {
    if (!Bytes.leadsThree(load<u8>(next))) {
      next++;
      continue;
    }
    next += CHAR_BYTES;
    // What follows the last code point is no part of the piece, so its joint may be taken for one that is open.
    if (next >= end || !Bytes.leadsThree(load<u8>(next)) || isOpen(next)) continue;
    tokens += tokensOfGroup(start, <i32>(next - start));
    start = next;
  }
  return tokens + tokensOfGroup(start, <i32>(end - start));
}

/** Whether a merge may cross the joint between two code points of three bytes. */
function isOpen(joint: usize): bool {
  return Bits.has(CHAR_JOINTS_AT, Hash.joint(joint)) || isRagged(joint);
}

function isRagged(joint: usize): bool {
  return Bits.has(RAGGED_JOINTS_AT, Bytes.joint(joint));
}

function tokensOfGroup(at: usize, length: i32): i32 {
  if (length <= 6 && isTokenOfChar(at)) {
    if (length == 3) return 1;
    const second: usize = at + CHAR_BYTES;
    if (length == 6 && isTokenOfChar(second) && !isRagged(second)) {
      return Vocabulary.rankInCharPair(Vocabulary.charPair(at)) == NO_RANK ? 2 : 1;
    }
  }
  if (length > MAX_MIDDLE) return mergePiece(at, length);
  return length > MAX_SHORT ? tokensOfMiddle(at, length) : tokensOfShort(at, length);
}

// Groups come again in other clauses: remembered beside the pieces that are no token, they make CJK text 8 % faster, and 10 %
// when it comes again.

function tokensOfShort(at: usize, length: i32): i32 {
  const key: u64 = Bytes.shortKey(at, length);
  const slot: usize = Slot.shortMemo(Hash.fold(Hash.rough(key)));
  const known: i32 = Known.short(slot, key);
  if (known != 0) return known;
  const tokens: i32 = mergePiece(at, length);
  Known.setShort(slot, key, tokens);
  return tokens;
}

function tokensOfMiddle(at: usize, length: i32): i32 {
  const low: u64 = load<u64>(at);
  const high: u64 = Bytes.middleKey(at, length);
  const slot: usize = Slot.middleMemo(Hash.fold(Hash.middle(low, high)));
  const known: i32 = Known.middle(slot, low, high);
  if (known != 0) return known;
  const tokens: i32 = mergePiece(at, length);
  Known.setMiddle(slot, low, high, tokens);
  return tokens;
}

/** Whether a code point of three bytes stands here and is a token. */
function isTokenOfChar(at: usize): bool {
  if (!Bytes.leadsThree(load<u8>(at))) return false;
  const entry: u32 = load<u32>(<usize>CHAR_RANKS_AT + ((<usize>Bytes.codePointOfThree(at)) << 2));
  return (entry & 0xfffff) != 0;
}
