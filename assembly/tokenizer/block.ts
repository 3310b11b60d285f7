/** Sixteen bytes of text as sets of positions, one bit a byte; methods, because these are inlined in the hottest loops. */
export class Block {
  @inline
  static letters(block: v128): u32 {
    return Block.between(v128.or(block, i8x16.splat(0x20)), 0x61, 26);
  }

  @inline
  static capitals(block: v128): u32 {
    return Block.between(block, 0x41, 26);
  }

  @inline
  static digits(block: v128): u32 {
    return Block.between(block, 0x30, 10);
  }

  /** Space, tab, line feed, vertical tab, form feed, carriage return. */
  @inline
  static white(block: v128): u32 {
    return Block.equal(block, 0x20) | Block.controls(block);
  }

  /** White space but for the space itself. */
  @inline
  static controls(block: v128): u32 {
    return Block.between(block, 0x09, 5);
  }

  @inline
  static lineEnds(block: v128): u32 {
    return Block.equal(block, 0x0a) | Block.equal(block, 0x0d);
  }

  @inline
  static beyondAscii(block: v128): u32 {
    return <u32>i8x16.bitmask(block);
  }

  /** As signed numbers from -128 on, since processors compare no unsigned ones: four instructions fewer each time. */
  @inline
  static between(block: v128, first: i8, count: i8): u32 {
    const moved: v128 = i8x16.sub(block, i8x16.splat(<i8>(first + -128)));
    return <u32>i8x16.bitmask(i8x16.lt_s(moved, i8x16.splat(<i8>(-128 + count))));
  }

  /** Bytes that go on with a code point and are below such a one. */
  @inline
  static continuesBelow(block: v128, limit: i8): u32 {
    return <u32>i8x16.bitmask(i8x16.lt_s(block, i8x16.splat(limit)));
  }

  /** Odd numbers. */
  @inline
  static odd(block: v128): u32 {
    return <u32>i8x16.bitmask(i8x16.shl(block, 7));
  }

  @inline
  static equal(block: v128, code: i8): u32 {
    return <u32>i8x16.bitmask(i8x16.eq(block, i8x16.splat(code)));
  }

  /** How many positions from the first on are in the set, when it does not hold all. */
  @inline
  static run(set: u32): u32 {
    return ctz(~set);
  }
}
