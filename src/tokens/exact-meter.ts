import type { CodePointClasses } from '../kernel/code-point-classes.ts';
import { MAX_PIECE_BYTES } from '../kernel/token-rules.ts';
import type { EncodingName } from '../kernel/token-rules.ts';
import { BytePairMerger } from './byte-pair-merger.ts';
import { cl100kPieceEnd } from './cl100k-pieces.ts';
import { largestFitting } from './largest-fitting.ts';
import { o200kPieceEnd } from './o200k-pieces.ts';
import { PieceMemo } from './piece-memo.ts';
import type { TextWindow } from './code-point-class.ts';
import type { PieceEnd } from './piece-rules.ts';
import type { TextMeter } from './text-meter.ts';
import { WINDOW_LENGTH, windowEnd } from './text-window.ts';
import type { Vocabulary } from './vocabulary.ts';

const PIECE_ENDS: Readonly<Record<EncodingName, PieceEnd>> = {
  o200k_base: o200kPieceEnd,
  cl100k_base: cl100kPieceEnd,
};

/** A UTF-16 unit takes at most three bytes of UTF-8 (a pair of them takes four). */
const MAX_BYTES_PER_UNIT = 3;
const FIRST_FOUR_BYTE_LEAD = 0xf0;

/** What an exact meter is made of. */
export interface ExactMeterOptions {
  readonly encoding: EncodingName;
  readonly vocabulary: Vocabulary;
  readonly classes: CodePointClasses;
  /** Whether `'ſ` is a contraction as `'s` is. */
  readonly foldsLongS: boolean;
  /** How many pieces that are no token to remember the count of. */
  readonly memoLimit: number;
}

/** A window, and what is known of the text behind it. */
interface OpenWindow extends TextWindow {
  /** Where pieces may begin whose end is certain. */
  readonly lastStart: number;
  /** Where the window stands in the text, in UTF-16 units. */
  readonly unitStart: number;
  readonly unitEnd: number;
}

/**
 * Counts exactly in plain JavaScript: text is split into pieces (words, numbers, punctuation, white space); a piece that is
 * a token counts one, any other is merged from its bytes. The twin of the WebAssembly counter, and its stand-in.
 *
 * Names of special tokens in the text are plain text. A lone surrogate counts as U+FFFD, which UTF-8 makes of it.
 */
export class ExactMeter implements TextMeter {
  readonly #options: ExactMeterOptions;
  readonly #vocabulary: Vocabulary;
  readonly #pieceEnd: PieceEnd;
  readonly #merger: BytePairMerger;
  readonly #memo: PieceMemo;
  readonly #encoder = new TextEncoder();
  /** Bytes of the latest window whose pieces were taken. */
  #taken = 0;
  readonly #scratch = new Uint8Array(WINDOW_LENGTH * MAX_BYTES_PER_UNIT);

  constructor(options: ExactMeterOptions) {
    this.#options = options;
    this.#vocabulary = options.vocabulary;
    this.#pieceEnd = PIECE_ENDS[options.encoding];
    this.#merger = new BytePairMerger(options.vocabulary);
    this.#memo = new PieceMemo(this.#merger, options.memoLimit);
  }

  /** The ids of the tokens of a text. */
  encode(text: string): readonly number[] {
    const ids: number[] = [];
    let end = 0;
    for (let start = 0; start < text.length; start = end) {
      const window = this.#windowAt(text, start);
      this.#encodeWindow(window, ids);
      end = this.#endOf(window);
    }
    return ids;
  }

  countUpTo(text: string, limit: number): number {
    let total = 0;
    let end = 0;
    for (let start = 0; start < text.length && total <= limit; start = end) {
      const window = this.#windowAt(text, start);
      total += this.#countWindow(window, limit - total);
      end = this.#endOf(window);
    }
    return Math.min(total, limit + 1);
  }

  prefixWithin(text: string, maxTokens: number): number {
    let left = maxTokens;
    let end = 0;
    for (let start = 0; start < text.length; start = end) {
      const window = this.#windowAt(text, start);
      const tokens = this.#countWindow(window, left);
      if (tokens > left) return start + this.#cutWindow(window, left);
      left -= tokens;
      end = this.#endOf(window);
    }
    return text.length;
  }

  #windowAt(text: string, start: number): OpenWindow {
    const unitEnd = windowEnd(text, start);
    const part = start === 0 && unitEnd === text.length ? text : text.slice(start, unitEnd);
    const size = part.length * MAX_BYTES_PER_UNIT;
    const bytes = size <= this.#scratch.length ? this.#scratch : new Uint8Array(size);
    const end = this.#encoder.encodeInto(part, bytes).written;
    const { classes, foldsLongS } = this.#options;
    // Of a window that is cut anywhere, the last pieces may depend on what follows: they are left for the next one.
    const isSure = end <= MAX_PIECE_BYTES || unitEnd === text.length;
    const lastStart = isSure ? end - 1 : end - MAX_PIECE_BYTES;
    return { bytes, end, classes, foldsLongS, lastStart, unitStart: start, unitEnd };
  }

  /** Where the next window begins, in units of the text, after all sure pieces of this one were taken. */
  #endOf({ bytes, end, unitStart, unitEnd }: OpenWindow): number {
    return this.#taken === end ? unitEnd : unitStart + unitsIn(bytes, this.#taken);
  }

  #encodeWindow(window: OpenWindow, ids: number[]): void {
    let end = 0;
    for (let start = 0; start <= window.lastStart; start = end) {
      end = this.#endOfPiece(window, start);
      const rank = this.#vocabulary.rankOf(window.bytes, start, end);
      if (rank >= 0) ids.push(rank);
      else for (const id of this.#merger.encode(window.bytes, start, end)) ids.push(id);
    }
    this.#taken = end;
  }

  #countWindow(window: OpenWindow, limit: number): number {
    let total = 0;
    let end = 0;
    for (let start = 0; start <= window.lastStart && total <= limit; start = end) {
      end = this.#endOfPiece(window, start);
      total += this.#countPiece(window.bytes, start, end);
    }
    this.#taken = end;
    return total;
  }

  #endOfPiece(window: OpenWindow, start: number): number {
    if (window.end - start <= MAX_PIECE_BYTES) return this.#pieceEnd(window, start);
    const end = codePointBorder(window.bytes, start + MAX_PIECE_BYTES);
    return this.#pieceEnd({ ...window, bytes: window.bytes.subarray(0, end), end }, start);
  }

  #countPiece(bytes: Uint8Array, start: number, end: number): number {
    return this.#vocabulary.rankOf(bytes, start, end) < 0 ? this.#memo.count(bytes, start, end) : 1;
  }

  /** Takes whole pieces while they fit, then as much of the next one as fits; in UTF-16 units. */
  #cutWindow(window: OpenWindow, maxTokens: number): number {
    const { bytes } = window;
    let left = maxTokens;
    let start = 0;
    for (;;) {
      const pieceEnd = this.#endOfPiece(window, start);
      const tokens = this.#countPiece(bytes, start, pieceEnd);
      if (tokens > left)
        return unitsIn(bytes, start + this.#cutPiece(bytes.subarray(start, pieceEnd), left));
      left -= tokens;
      start = pieceEnd;
    }
  }

  #cutPiece(piece: Uint8Array, maxTokens: number): number {
    // Half a character takes more tokens than the whole, so only whole ones are asked about.
    const fits = (length: number): boolean => {
      const border = codePointBorder(piece, length);
      return border === 0 || this.#countPiece(piece, 0, border) <= maxTokens;
    };
    return codePointBorder(piece, largestFitting(piece.length, fits));
  }
}

/** The last border between code points at or before `at`. */
function codePointBorder(bytes: Uint8Array, at: number): number {
  let border = at;
  while (border > 0 && isContinuation(bytes[border] ?? 0)) border--;
  return border;
}

/** UTF-16 units that the first `end` bytes stand for. */
function unitsIn(bytes: Uint8Array, end: number): number {
  let units = 0;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (isContinuation(byte)) continue;
    units += byte >= FIRST_FOUR_BYTE_LEAD ? 2 : 1;
  }
  return units;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
