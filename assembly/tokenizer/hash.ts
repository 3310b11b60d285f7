import { Bytes } from './bytes';

const FIRST: u64 = 0x9e3779b97f4a7c15;
const SECOND: u64 = 0xc2b2ae3d27d4eb4f;
const WORD: u32 = 0x9e3779b1;

// Multiplicative hashes. The high bits are well mixed and choose slots; the low bits see only the low bits of the key, so
// the high half is folded in for whoever takes bits from there (the Bloom filter, the tags).

/** Hashes of runs of bytes; methods, because these are inlined in the hottest loops. */
export class Hash {
  /** Of a short key, for choosing a slot by its top bits only. */
  @inline
  static rough(key: u64): u64 {
    return key * FIRST;
  }

  @inline
  static fold(product: u64): u64 {
    return product ^ (product >> 32);
  }

  /** Of 8 to 15 bytes. */
  @inline
  static middle(low: u64, high: u64): u64 {
    const a: u64 = low * FIRST;
    const b: u64 = high * SECOND;
    return Hash.fold((a ^ (b >> 29) ^ (b << 7)) * FIRST);
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

  /** Of any run of bytes. */
  @inline
  static of(at: usize, length: i32): u64 {
    if (length < 8) return Hash.fold(Hash.rough(Bytes.shortKey(at, length)));
    if (length < 16) return Hash.middle(load<u64>(at), Bytes.middleKey(at, length));
    return hashLong(at, length);
  }
}

/** As Hash.of, where a call is worth the fewer bytes. */
export function hashOf(at: usize, length: i32): u64 {
  return Hash.of(at, length);
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
