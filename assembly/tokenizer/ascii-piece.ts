import { Block } from './block';
import { CodePoint } from './code-point';
import { contractionEnd } from './piece-parts';
import { encoding } from './state';
import { CLASS_LETTER, CLASS_LOWER, CLASS_UPPER, ENCODING_O200K } from '../shared/tokenizer-layout';

// Pieces of ASCII of fewer than 16 bytes one at a time, found with a few set operations on a block: in text that changes
// between scripts, where a chunk holds few of them (such text is 10 % faster for it), and where a limit is kept. Each function
// returns where the piece ends, or 0 when the rules for any text must decide.

const BLOCK: u32 = 16;
/** Bytes that a word may have behind its ASCII beginning, so that the look ahead of the window is enough. */
const MAX_WIDE: usize = 32;
const APOSTROPHE: u32 = 0x27;
const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;
const SLASH: u32 = 0x2f;
const SPACE: u32 = 0x20;

/** Looks ahead at most as far as a block and a contraction behind it. */
export class AsciiPiece {
  @inline
  static o200kEnd(at: usize, end: usize): usize {
    const block: v128 = v128.load(at);
    const letters: u32 = Block.letters(block);
    if ((letters & 3) == 0) return otherEnd(at, end, block);
    const prefix: u32 = ~letters & 1;
    if (prefix != 0 && !mayBePrefix(load<u8>(at))) return digitAloneEnd(at);
    const capitals: u32 = Block.capitals(block) >> prefix;
    const upper: u32 = Block.run(capitals);
    const lower: u32 = Block.run(((letters >> prefix) & ~capitals) >> upper);
    const length: u32 = prefix + upper + lower;
    if (length >= BLOCK) return 0;
    const word: usize = at + length;
    const next: u32 = load<u8>(word);
    if (next == APOSTROPHE) return contractionEnd(word, end);
    if (next < 0x80) return word;
    if (lower != 0) return wideEnd(word, end, CLASS_LOWER);
    return (CodePoint.at(word, end) & (CLASS_UPPER | CLASS_LOWER)) == 0 ? word : 0;
  }

  @inline
  static cl100kEnd(at: usize, end: usize): usize {
    const block: v128 = v128.load(at);
    const letters: u32 = Block.letters(block);
    if ((letters & 3) == 0) return otherEnd(at, end, block);
    const prefix: u32 = ~letters & 1;
    const first: u32 = load<u8>(at);
    if (prefix != 0 && !mayBePrefix(first)) return digitAloneEnd(at);
    if (first == APOSTROPHE) return 0;
    const length: u32 = prefix + Block.run(letters >> prefix);
    if (length >= BLOCK) return 0;
    const word: usize = at + length;
    return load<u8>(word) < 0x80 ? word : wideEnd(word, end, CLASS_LETTER);
  }
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** Any ASCII character but a line end or a digit may stand before the letters of a word. */
function mayBePrefix(byte: u32): bool {
  if (byte == SPACE) return true;
  return byte < 0x80 && byte != NEWLINE && byte != RETURN && !isDigit(byte);
}

/** A digit before a letter is a piece; a line end or what is not ASCII is for the rules for any text. */
function digitAloneEnd(at: usize): usize {
  return isDigit(load<u8>(at)) ? at + 1 : 0;
}

/**
 * Where a word ends whose ASCII beginning says already what may follow, and does not reach beyond a few letters. Words with
 * a letter such as é need not be looked at twice: text in such languages is 5 % faster.
 */
function wideEnd(at: usize, end: usize, mask: u32): usize {
  let next: usize = at;
  let codePoint: u32 = CodePoint.at(next, end);
  while ((codePoint & mask) != 0) {
    next += CodePoint.bytes(codePoint);
    if (next > at + MAX_WIDE) return 0;
    codePoint = CodePoint.at(next, end);
  }
  return mask == CLASS_LOWER ? contractionEnd(next, end) : next;
}

/** Numbers, white space, punctuation: whatever has no letter among its first two bytes. */
function otherEnd(at: usize, end: usize, block: v128): usize {
  const first: u32 = load<u8>(at);
  if (first >= 0x80) return 0;
  const digits: u32 = Block.digits(block);
  if ((digits & 1) != 0) return numberEnd(at, Block.run(digits));
  const white: u32 = Block.white(block);
  const beyond: u32 = Block.beyondAscii(block);
  if ((white & 1) != 0) {
    // One space before punctuation goes with it; before all else it is white space.
    const startsPunctuation: bool =
      first == SPACE && ((white | digits | beyond) & 2) == 0 && at + 1 < end;
    if (!startsPunctuation) return whiteEnd(at, end, block, white);
  }
  const words: u32 = Block.letters(block) | digits | white | beyond;
  const spaces: u32 = white & 1;
  const length: u32 = spaces + Block.run((~words & 0xffff) >> spaces);
  if (length >= BLOCK) return 0;
  const next: usize = at + length;
  // Letters and digits stand there most of the time, so line ends are looked for elsewhere.
  return next < end && load<u8>(next) > SLASH && load<u8>(next) < 0x80
    ? next
    : suffixEnd(next, end);
}

/** Three digits are a piece whatever follows. */
function numberEnd(at: usize, digits: u32): usize {
  if (digits >= 3) return at + 3;
  return load<u8>(at + digits) < 0x80 ? at + digits : 0;
}

function whiteEnd(at: usize, end: usize, block: v128, white: u32): usize {
  const length: u32 = Block.run(white);
  const next: usize = at + length;
  if (length >= BLOCK || next >= end || load<u8>(next) >= 0x80) return 0;
  const lineEnds: u32 = Block.lineEnds(block) & ((1 << length) - 1);
  if (lineEnds != 0) return at + (32 - clz(lineEnds));
  return length >= 2 ? next - 1 : next;
}

/** Line ends after punctuation go with it, and so do slashes after these in o200k_base. */
function suffixEnd(at: usize, end: usize): usize {
  const takesSlashes: bool = encoding == ENCODING_O200K;
  let next: usize = at;
  if (next >= end) return next == end ? next : 0;
  let byte: u32 = load<u8>(next);
  if (byte >= 0x80) return 0;
  while (byte == NEWLINE || byte == RETURN || (takesSlashes && byte == SLASH)) {
    next++;
    if (next + 8 >= end) return 0;
    byte = load<u8>(next);
  }
  return next;
}
