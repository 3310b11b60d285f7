import { Block } from './block';

/** Sixty-four bytes of text as sets of positions, one bit a byte; methods, because these are inlined in the hottest loops. */
export class Chunk {
  @inline
  static letters(at: usize): u64 {
    return (
      Chunk.half(Block.letters(v128.load(at)), Block.letters(v128.load(at, 16))) |
      (Chunk.half(Block.letters(v128.load(at, 32)), Block.letters(v128.load(at, 48))) << 32)
    );
  }

  @inline
  static capitals(at: usize): u64 {
    return (
      Chunk.half(Block.capitals(v128.load(at)), Block.capitals(v128.load(at, 16))) |
      (Chunk.half(Block.capitals(v128.load(at, 32)), Block.capitals(v128.load(at, 48))) << 32)
    );
  }

  @inline
  static digits(at: usize): u64 {
    return (
      Chunk.half(Block.digits(v128.load(at)), Block.digits(v128.load(at, 16))) |
      (Chunk.half(Block.digits(v128.load(at, 32)), Block.digits(v128.load(at, 48))) << 32)
    );
  }

  /** White space but for the space itself. */
  @inline
  static controls(at: usize): u64 {
    return (
      Chunk.half(Block.controls(v128.load(at)), Block.controls(v128.load(at, 16))) |
      (Chunk.half(Block.controls(v128.load(at, 32)), Block.controls(v128.load(at, 48))) << 32)
    );
  }

  @inline
  static continuesBelow(at: usize, limit: i8): u64 {
    return (
      Chunk.half(
        Block.continuesBelow(v128.load(at), limit),
        Block.continuesBelow(v128.load(at, 16), limit),
      ) |
      (Chunk.half(
        Block.continuesBelow(v128.load(at, 32), limit),
        Block.continuesBelow(v128.load(at, 48), limit),
      ) <<
        32)
    );
  }

  @inline
  static odd(at: usize): u64 {
    return (
      Chunk.half(Block.odd(v128.load(at)), Block.odd(v128.load(at, 16))) |
      (Chunk.half(Block.odd(v128.load(at, 32)), Block.odd(v128.load(at, 48))) << 32)
    );
  }

  @inline
  static equal(at: usize, code: i8): u64 {
    return (
      Chunk.half(Block.equal(v128.load(at), code), Block.equal(v128.load(at, 16), code)) |
      (Chunk.half(Block.equal(v128.load(at, 32), code), Block.equal(v128.load(at, 48), code)) << 32)
    );
  }

  @inline
  static beyondAscii(at: usize): u64 {
    return (
      Chunk.half(Block.beyondAscii(v128.load(at)), Block.beyondAscii(v128.load(at, 16))) |
      (Chunk.half(Block.beyondAscii(v128.load(at, 32)), Block.beyondAscii(v128.load(at, 48))) << 32)
    );
  }

  /** The positions behind which one of the set comes within seven. */
  @inline
  static soonBefore(set: u64): u64 {
    const next: u64 = set >> 1;
    const nextTwo: u64 = next | (next >> 1);
    const nextFour: u64 = nextTwo | (nextTwo >> 2);
    return nextFour | (nextFour >> 3);
  }

  /** The first `count` positions. */
  @inline
  static first(count: usize): u64 {
    return count >= 64 ? u64.MAX_VALUE : ((<u64>1) << (<u64>count)) - 1;
  }

  /** The lowest position of a set that is not empty, as a set. */
  @inline
  static lowest(set: u64): u64 {
    return set & (0 - set);
  }

  @inline
  private static half(low: u32, high: u32): u64 {
    return <u64>(low | (high << 16));
  }
}
