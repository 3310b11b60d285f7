import { Bytes } from './bytes';

const FIRST: u64 = 0x9e3779b97f4a7c15;
const SECOND: u64 = 0xc2b2ae3d27d4eb4f;
const WORD: u32 = 0x9e3779b1;
/** Bits of the second half of the key of 8 to 15 bytes. */
const MIDDLE_KEY: u64 = 0x0fffffffffffffff;

// Multiplicative hashes. The high bits are well mixed and choose slots; the low bits see only the low bits of the key, so
// the high half is folded in for whoever takes bits from there (the tags of buckets). A key of 59 bits times an odd
// number is another key of 59 bits, and so is one of 60 that is first mixed with what stands beside it: some bits of the
// product choose a line, and the rest of them tells the key from all others in it.

/** Hashes of runs of bytes; methods, because these are inlined in the hottest loops. */
export class Hash {
  /** Of a short key: its top bits choose a slot, and its low 59 tell it from all others. */
  @inline
  static rough(key: u64): u64 {
    return key * FIRST;
  }

  @inline
  static fold(product: u64): u64 {
    return product ^ (product >> 32);
  }

  /** Of 8 to 15 bytes: its top bits choose a slot, and its low 60 tell it from all others with the same first half. */
  @inline
  static middle(low: u64, high: u64): u64 {
    return (high ^ (Hash.fold(low * FIRST) & MIDDLE_KEY)) * SECOND;
  }

  /** Of two numbers that stand for four, for choosing a slot by its top bits only. */
  @inline
  static front(first: u64, second: u64): u64 {
    return Hash.fold((first * FIRST) ^ (second * SECOND)) * FIRST;
  }

  /** The top `bits` bits of the hash of a 32-bit key. */
  @inline
  static word(key: u32, bits: u32): usize {
    return <usize>((key * WORD) >> (32 - bits));
  }

  /** Of two code points of three bytes each, which stand at both sides of `joint`: 19 bits. */
  @inline
  static joint(joint: usize): u32 {
    return <u32>(((load<u64>(joint - 3) << 16) * FIRST) >> 45);
  }
}

/** Of 16 bytes and more. */
export function hashLong(at: usize, length: i32): u64 {
  let hash: u64 = <u64>length * SECOND;
  let done: i32 = 0;
  while (done + 8 <= length) {
    hash = rotl<u64>((hash ^ load<u64>(at + done)) * FIRST, 29);
    done += 8;
  }
  if (done < length) {
    hash = rotl<u64>((hash ^ Bytes.head(at + done, length - done)) * FIRST, 29);
  }
  return Hash.fold(hash * SECOND);
}
