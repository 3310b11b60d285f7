import { Bytes } from './bytes';
import { mergePiece } from './merge';
import { tokensOf } from './piece-tokens';
import { region, stackAt, textAt } from './state';
import { rankOf } from './vocabulary';
import { LOOKAHEAD, checkWindow, padBehind, pieceEndByRules, windowCapacity } from './window';
import { IDS, MAX_IDS, NO_RANK, STATUS_BAD_ARGUMENT, STATUS_OK } from '../shared/tokenizer-layout';

// The tokens of a text one piece at a time: for ids, and for cutting inside a piece. No caches are asked here.

let pieceAt: usize = 0;
let pieceBytes: i32 = 0;
let pieceTokens: i32 = 0;
/** How many ids of the piece are written, and where the next token begins. */
let written: i32 = 0;
let writtenTo: usize = 0;

/**
 * Finds the piece that begins at the offset and returns how many tokens it has; 0 when it may go on behind the first
 * `byteLength` bytes of the window and these are not the last.
 */
export function openPiece(offset: i32, byteLength: i32, isLast: bool): i32 {
  const status: i32 = checkWindow(byteLength);
  if (status != STATUS_OK) return status;
  if (offset < 0 || offset >= byteLength) return STATUS_BAD_ARGUMENT;
  pieceAt = textAt + <usize>offset;
  const end: usize = textAt + <usize>byteLength;
  padBehind(end);
  const isNear: bool = !isLast && pieceAt + LOOKAHEAD > end;
  const next: usize = isNear ? 0 : pieceEndByRules(pieceAt, end, isLast);
  pieceBytes = 0;
  pieceTokens = 0;
  written = 0;
  writtenTo = pieceAt;
  if (next == 0) return 0;
  pieceBytes = <i32>(next - pieceAt);
  pieceTokens = mergePieceOrToken(pieceAt, pieceBytes);
  return pieceTokens;
}

/** Length of the piece that was opened last. */
export function openPieceBytes(): i32 {
  return pieceBytes;
}

/** Writes the next ids of the open piece to the slab and returns how many: at most as many as it holds. */
export function writeIds(): i32 {
  const count: i32 = min(pieceTokens - written, MAX_IDS);
  for (let index: i32 = 0; index < count; index++) {
    const bytes: i32 = pieceTokens == 1 ? pieceBytes : load<u8>(stackAt + written);
    store<u32>(region + ((<usize>index) << 2), rankOf(writtenTo, bytes), IDS);
    writtenTo += bytes;
    written++;
  }
  return count;
}

function mergePieceOrToken(at: usize, bytes: i32): i32 {
  return rankOf(at, bytes) != NO_RANK ? 1 : mergePiece(at, bytes);
}

/**
 * The longest beginning of `byteLength` bytes at the offset, which must be one piece, that has at most `maxTokens` tokens
 * and ends between code points. Half a code point has more tokens than the whole, so only whole ones are asked about.
 */
export function cutPiece(offset: i32, byteLength: i32, maxTokens: i32): i32 {
  const status: i32 = checkWindow(byteLength);
  if (status != STATUS_OK) return status;
  if (offset < 0 || offset > windowCapacity() - byteLength) return STATUS_BAD_ARGUMENT;
  const at: usize = textAt + <usize>offset;
  let low: i32 = 0;
  let high: i32 = byteLength;
  while (low < high) {
    const middle: i32 = low + (high - low + 1) / 2;
    const border: i32 = borderBefore(at, middle);
    if (border == 0 || tokensOf(at, border) <= maxTokens) low = middle;
    else high = middle - 1;
  }
  return borderBefore(at, low);
}

/** The last border between code points at or before the length. */
function borderBefore(at: usize, length: i32): i32 {
  let border: i32 = length;
  while (border > 0 && Bytes.continues(load<u8>(at + border))) border--;
  return border;
}

/** UTF-16 units that the bytes from one offset to another stand for. */
export function unitsBetween(from: i32, to: i32): i32 {
  const status: i32 = checkWindow(to);
  if (status != STATUS_OK) return status;
  if (from < 0 || from > to) return STATUS_BAD_ARGUMENT;
  let units: i32 = 0;
  for (let at: usize = textAt + <usize>from; at < textAt + <usize>to; at++) {
    const byte: u32 = load<u8>(at);
    if (Bytes.continues(byte)) continue;
    units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
