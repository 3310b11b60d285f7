/** A token in one word, {rank: 24, bytes: 8}, as its header in the arena; methods, because these are inlined. */
export class Token {
  @inline
  static of(rank: u32, bytes: i32): u32 {
    return rank | ((<u32>bytes) << 24);
  }

  @inline
  static rank(token: u32): u32 {
    return token & 0xffffff;
  }

  @inline
  static bytes(token: u32): i32 {
    return <i32>(token >> 24);
  }

  /** A token of one byte. Its rank is lower than that of any merge, and more of it nobody asks. */
  @inline
  static ofByte(): u32 {
    return 1 << 24;
  }
}
