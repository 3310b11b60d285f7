import { Chunk } from './chunk';
import { contractionEnd } from './piece-parts';

// English contractions such as 'll, in 64 bytes of which the letters are known, and the starts of pieces but for these.

const APOSTROPHE: i8 = 0x27;
const CHUNK: usize = 64;

/** As o200k_base has it: a contraction goes with the word before it, and whatever letters follow it are a word of their own. */
export function joinContractions(starts: u64, at: usize, end: usize, letters: u64): u64 {
  let result: u64 = starts;
  let done: usize = 0;
  for (let left: u64 = Chunk.equal(at, APOSTROPHE) & (letters << 1); left != 0; left &= left - 1) {
    const index: usize = <usize>ctz(left);
    // The letters before this one are a contraction already, and no word takes two.
    if (index == done) continue;
    const next: usize = contractionEnd(at + index, end) - at;
    if (next == index) continue;
    if (next >= CHUNK) return result & Chunk.first(index);
    const inside: u64 = Chunk.first(next) ^ Chunk.first(index);
    result = (result & ~inside) | (letters & ((<u64>1) << (<u64>next)));
    done = next;
  }
  return result;
}

/** As cl100k_base has it: a contraction that begins where a piece does is a piece, and whatever letters follow it another one. */
export function splitContractions(starts: u64, at: usize, end: usize, letters: u64): u64 {
  let result: u64 = starts;
  // The first byte is a start that nobody has noted.
  for (
    let left: u64 = Chunk.equal(at, APOSTROPHE) & (starts | 1) & (letters >> 1);
    left != 0;
    left &= left - 1
  ) {
    const index: usize = <usize>ctz(left);
    const next: usize = contractionEnd(at + index, end) - at;
    if (next >= CHUNK) return result & Chunk.first(index + 1);
    if (next > index) result |= letters & ((<u64>1) << (<u64>next));
  }
  return result;
}
