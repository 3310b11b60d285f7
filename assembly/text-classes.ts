import { Tally } from './records';
import {
  CLASS_BLOCK_BITS,
  CLASS_EMOJI,
  CLASS_HAN,
  CLASS_TABLE_ASCII,
  CLASS_TABLE_BYTES,
  COLUMN_RUNS,
  ENTRY_CLASS_MASK,
  ENTRY_RUN_SHIFT,
  RUN_NONE,
  RUN_NUMBER,
  RUN_PUNCTUATION,
  RUN_SPACE,
  RUN_WORD,
  STATUS_BAD_LENGTH,
  STATUS_OK,
  TALLY_COLUMN_BYTES,
  TALLY_STRIDE,
  TEXT_SLAB_BYTES,
} from './shared/layout';

const textSlab: usize = memory.data(TEXT_SLAB_BYTES, 16);
const classTable: usize = memory.data(CLASS_TABLE_BYTES, 16);
const tallyAt: usize = memory.data(TALLY_STRIDE, 16);

// What the previous character was, so that a run may cross a block or a slab.
let openRun: u32 = RUN_NONE;
let afterSmall: bool = false;

let calls: u32 = 0;

/** Address of the slab the host writes UTF-8 into. */
export function textSlabAddress(): usize {
  return textSlab;
}

/** Address of the class table the host fills once. */
export function classTableAddress(): usize {
  return classTable;
}

/** Address of the tally the host reads. */
export function tallyAddress(): usize {
  return tallyAt;
}

/** How many slabs this instance has counted; tests use it to prove that this path ran. */
export function callCount(): u32 {
  return calls;
}

/** Begins a new text: all counters zero, no run open. */
export function resetTally(): void {
  memory.fill(tallyAt, 0, TALLY_STRIDE);
  openRun = RUN_NONE;
  afterSmall = false;
}

/** Adds the first `byteLength` bytes of the slab, which must be whole UTF-8 code points, to the tally. */
export function countTextClasses(byteLength: i32): i32 {
  if (byteLength < 0 || byteLength > TEXT_SLAB_BYTES) return STATUS_BAD_LENGTH;
  calls += 1;
  const end: usize = textSlab + <usize>byteLength;
  let at: usize = textSlab;
  while (at < end) {
    if (ASC_FEATURE_SIMD && at + 16 <= end) {
      const block: v128 = v128.load(at);
      if (i8x16.bitmask(block) == 0) {
        countAsciiBlock(block);
        at += 16;
        continue;
      }
    }
    // Code points up to the next try, so that mixed text does not pay for a failed block per character.
    at = countCodePoints(at, min(at + 16, end));
  }
  return STATUS_OK;
}

function countAsciiBlock(block: v128): void {
  const tally = changetype<Tally>(tallyAt);
  const small: u32 = inRange(block, 0x61, 0x7a);
  const capital: u32 = inRange(block, 0x41, 0x5a);
  const digit: u32 = inRange(block, 0x30, 0x39);
  const space: u32 = equals(block, 0x20) | equals(block, 0x09);
  const newline: u32 = equals(block, 0x0a) | equals(block, 0x0d);
  const letter: u32 = small | capital;
  const punctuation: u32 = inRange(block, 0x21, 0x7e) & ~(letter | digit);
  const seen: u32 = letter | digit | space | newline | punctuation;

  tally.letters += popcnt(letter);
  tally.digits += popcnt(digit);
  tally.spaces += popcnt(space);
  tally.newlines += popcnt(newline);
  tally.punctuation += popcnt(punctuation);
  tally.symbols += 16 - popcnt(seen);

  const afterLetter: u32 = u32(openRun == RUN_WORD);
  tally.words += starts(letter, afterLetter) + popcnt(capital & ((small << 1) | u32(afterSmall)));
  tally.numbers += starts(digit, u32(openRun == RUN_NUMBER));
  tally.spaceRuns += starts(space, u32(openRun == RUN_SPACE));
  tally.punctuationRuns += starts(punctuation, u32(openRun == RUN_PUNCTUATION));

  const last: u32 = i8x16.extract_lane_u(block, 15);
  openRun = entryRun(load<u8>(classTable + last));
  afterSmall = isSmall(last);
}

/** One bit for each byte of the block between the two ASCII codes, both included. */
function inRange(block: v128, first: i32, last: i32): u32 {
  const shifted: v128 = i8x16.sub(block, i8x16.splat(<i8>first));
  return i8x16.bitmask(i8x16.le_u(shifted, i8x16.splat(<i8>(last - first))));
}

function equals(block: v128, code: i32): u32 {
  return i8x16.bitmask(i8x16.eq(block, i8x16.splat(<i8>code)));
}

/** How many runs begin in the mask, when `open` says whether one was open before it. */
function starts(mask: u32, open: u32): u32 {
  return popcnt(mask & ~((mask << 1) | open));
}

/** Counts the code points that begin before `pause` and returns the address behind the last one. */
function countCodePoints(start: usize, pause: usize): usize {
  let at: usize = start;
  let run: u32 = openRun;
  let small: bool = afterSmall;
  while (at < pause) {
    const first: u32 = load<u8>(at);
    const entry: u32 = entryAt(at, first);
    addToColumn(entry & ENTRY_CLASS_MASK);
    const nextRun: u32 = entryRun(entry);
    const begins: bool = nextRun != run || (small && isCapital(first));
    if (begins && nextRun != RUN_NONE) addToColumn(COLUMN_RUNS + nextRun - 1);
    run = nextRun;
    small = isSmall(first);
    at += sequenceBytes(first);
  }
  openRun = run;
  afterSmall = small;
  return at;
}

/** The class-table entry of the code point that begins at the address. */
function entryAt(at: usize, first: u32): u32 {
  if (first < 0x80) return load<u8>(classTable + first);
  if (first < 0xe0) return blockEntry(first & 0x1f);
  const second: u32 = load<u8>(at, 1) & 0x3f;
  if (first < 0xf0) return blockEntry(((first & 0x0f) << CLASS_BLOCK_BITS) | second);
  const plane: u32 = ((first & 0x07) << 2) | (second >>> 4);
  return plane == 2 || plane == 3 ? CLASS_HAN : CLASS_EMOJI;
}

function blockEntry(block: u32): u32 {
  return load<u8>(classTable + CLASS_TABLE_ASCII + block);
}

function entryRun(entry: u32): u32 {
  return entry >>> ENTRY_RUN_SHIFT;
}

/** Length of a UTF-8 sequence: the leading ones of its first byte, or one. */
function sequenceBytes(first: u32): usize {
  return max(clz<u32>(~(first << 24)), 1);
}

function isCapital(code: u32): bool {
  return code - 0x41 <= 0x5a - 0x41;
}

function isSmall(code: u32): bool {
  return code - 0x61 <= 0x7a - 0x61;
}

function addToColumn(column: u32): void {
  const at: usize = tallyAt + column * TALLY_COLUMN_BYTES;
  store<u32>(at, load<u32>(at) + 1);
}
