import { Arena } from './arena';
import { Bits } from './bits';
import { Bytes } from './bytes';
import { Hash } from './hash';
import { noteLength } from './token-lengths';
import {
  CHAR_JOINTS_AT,
  CHAR_PAIRS_AT,
  CHAR_RANKS_AT,
  LEAD_JOINTS_AT,
  PAIR_RANKS_AT,
  RAGGED,
  RAGGED_JOINTS_AT,
  SPLITS_AT,
  TRAIL_JOINTS_AT,
} from '../shared/tokenizer-layout';

// What is asked about the bytes at a joint, and about those that tokens begin with. These tables are small and near.

/** Notes where tokens join their parts. */
export function addJoints(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const split: usize = <usize>SPLITS_AT + ((<usize>rank) << 3);
    const leftBytes: i32 = load<u8>(split, 5);
    const rightBytes: i32 = load<u8>(split, 6);
    const bytes: usize = Arena.bytes(Arena.slot(rank), leftBytes + rightBytes);
    addJoint(bytes + leftBytes, leftBytes, rightBytes);
  }
}

/** Notes tokens where it is looked for what begins with some bytes. */
export function addBeginnings(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const slot: usize = Arena.slot(rank);
    const length: i32 = Arena.length(slot);
    const bytes: usize = Arena.bytes(slot, length);
    if (length == 2) addPair(rank, bytes);
    if (length >= 3) addChars(rank, bytes, length);
    if (length >= 4) noteLength(bytes, length);
  }
}

function addPair(rank: u32, bytes: usize): void {
  const pair: usize = ((<usize>load<u8>(bytes)) << 8) | (<usize>load<u8>(bytes, 1));
  store<u32>(<usize>PAIR_RANKS_AT + (pair << 2), rank);
}

/** Notes a token that begins with a whole code point of three bytes. */
function addChars(rank: u32, bytes: usize, length: i32): void {
  if (!Bytes.leadsThree(load<u8>(bytes)) || !Bytes.continues(load<u8>(bytes, 2))) return;
  const at: usize = <usize>CHAR_RANKS_AT + ((<usize>Bytes.codePointOfThree(bytes)) << 2);
  if (length == 3) {
    store<u32>(at, load<u32>(at) | (rank + 1));
    return;
  }
  if (!Bytes.leadsThree(load<u8>(bytes, 3))) return;
  if (length < 6) {
    store<u32>(at, load<u32>(at) | RAGGED);
    return;
  }
  addCharPair(bytes, length == 6 ? (<u64>(rank + 1)) << 32 : (<u64>1) << 63);
}

function addCharPair(bytes: usize, note: u64): void {
  const key: u32 = (Bytes.codePointOfThree(bytes) << 16) | Bytes.codePointOfThree(bytes + 3);
  let slot: usize = Hash.word(key, 16);
  while (true) {
    const at: usize = <usize>CHAR_PAIRS_AT + (slot << 3);
    const entry: u64 = load<u64>(at);
    if (entry == 0 || <u32>entry == key) {
      store<u64>(at, entry | (<u64>key) | note);
      return;
    }
    slot = (slot + 1) & 0xffff;
  }
}

/** Notes between which bytes parts are joined inside a code point of two bytes or of three, and before one of three. */
function addJoint(joint: usize, leftBytes: i32, rightBytes: i32): void {
  const before: u32 = load<u8>(joint - 1);
  const after: u32 = load<u8>(joint);
  if (rightBytes == 1 || (rightBytes == 2 && Bytes.leadsThree(after))) {
    Bits.set(LEAD_JOINTS_AT, Bytes.joint(joint));
  }
  if (leftBytes == 1 || (leftBytes == 2 && Bytes.continues(load<u8>(joint - 2)))) {
    Bits.set(TRAIL_JOINTS_AT, Bytes.joint(joint));
  }
  if (!Bytes.leadsThree(after) || before < 0x80) return;
  if (leftBytes >= 3 && rightBytes >= 3 && Bytes.leadsThree(load<u8>(joint - 3))) {
    Bits.set(CHAR_JOINTS_AT, Hash.joint(joint));
    return;
  }
  Bits.set(RAGGED_JOINTS_AT, (before << 8) | after);
}
