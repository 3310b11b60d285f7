// Short runs of bytes as numbers. Loads may read up to 16 bytes more than they keep; the window is padded for that.

/** The bytes at an address; methods, because these are inlined in the hottest loops. */
export class Bytes {
  /** The first `length` bytes (1 to 8), the rest zero. */
  @inline
  static head(at: usize, length: i32): u64 {
    return load<u64>(at) & (u64.MAX_VALUE >> (<u64>(64 - (length << 3))));
  }

  /** The first `length` bytes (0 to 7), the rest zero. */
  @inline
  static tail(at: usize, length: i32): u64 {
    const bits: u64 = (<u64>length) << 3;
    return load<u64>(at) & ~(u64.MAX_VALUE << bits);
  }

  /** Key of 1 to 7 bytes: these and their number. */
  @inline
  static shortKey(at: usize, length: i32): u64 {
    return Bytes.head(at, length) | ((<u64>length) << 56);
  }

  /** The second half of the key of 8 to 15 bytes; the first half is the first eight. */
  @inline
  static middleKey(at: usize, length: i32): u64 {
    return Bytes.tail(at + 8, length - 8) | ((<u64>length) << 56);
  }

  /** Whether the byte goes on with a code point. */
  @inline
  static continues(byte: u32): bool {
    return byte >> 6 == 2;
  }

  /** Whether the byte begins a code point of two bytes. */
  @inline
  static leadsTwo(byte: u32): bool {
    return byte - 0xc2 < 30;
  }

  /** The bytes at both sides of a joint. */
  @inline
  static joint(joint: usize): u32 {
    return ((<u32>load<u8>(joint - 1)) << 8) | (<u32>load<u8>(joint));
  }

  /** Whether the byte begins a code point of three bytes. */
  @inline
  static leadsThree(byte: u32): bool {
    return (byte & 0xf0) == 0xe0;
  }

  /** The bytes of a code point of two or three that the byte begins, else 1. */
  @inline
  static lead(byte: u32): i32 {
    if (Bytes.leadsThree(byte)) return 3;
    return Bytes.leadsTwo(byte) ? 2 : 1;
  }

  /** The code point of three bytes. */
  @inline
  static codePointOfThree(at: usize): u32 {
    const word: u32 = load<u32>(at);
    return ((word & 15) << 12) | ((word & 0x3f00) >> 2) | ((word >> 16) & 63);
  }
}

/** Whether two runs of bytes are the same. The last eight bytes may be compared twice, which spares a branch on the length. */
export function sameBytes(left: usize, right: usize, length: i32): bool {
  if (length <= 8) return Bytes.head(left, length) == Bytes.head(right, length);
  const last: i32 = length - 8;
  if (load<u64>(left + last) != load<u64>(right + last)) return false;
  for (let done: i32 = 0; done < last; done += 8) {
    if (load<u64>(left + done) != load<u64>(right + done)) return false;
  }
  return true;
}
