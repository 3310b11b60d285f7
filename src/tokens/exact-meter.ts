import type { CodePointClasses } from '../kernel/code-point-classes.ts';
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
      end = windowEnd(text, start);
      this.#encodeWindow(this.#encode(text, start, end), ids);
    }
    return ids;
  }

  countUpTo(text: string, limit: number): number {
    let total = 0;
    let end = 0;
    for (let start = 0; start < text.length && total <= limit; start = end) {
      end = windowEnd(text, start);
      total += this.#countWindow(this.#encode(text, start, end), limit - total);
    }
    return Math.min(total, limit + 1);
  }

  prefixWithin(text: string, maxTokens: number): number {
    let left = maxTokens;
    let end = 0;
    for (let start = 0; start < text.length; start = end) {
      end = windowEnd(text, start);
      const window = this.#encode(text, start, end);
      const tokens = this.#countWindow(window, left);
      if (tokens > left) return start + this.#cutWindow(window, left);
      left -= tokens;
    }
    return text.length;
  }

  #encode(text: string, start: number, end: number): TextWindow {
    const part = end - start === text.length ? text : text.slice(start, end);
    const size = part.length * MAX_BYTES_PER_UNIT;
    const bytes = size <= this.#scratch.length ? this.#scratch : new Uint8Array(size);
    const { classes, foldsLongS } = this.#options;
    return { bytes, end: this.#encoder.encodeInto(part, bytes).written, classes, foldsLongS };
  }

  #encodeWindow(window: TextWindow, ids: number[]): void {
    let end = 0;
    for (let start = 0; start < window.end; start = end) {
      end = this.#pieceEnd(window, start);
      const rank = this.#vocabulary.rankOf(window.bytes, start, end);
      if (rank >= 0) ids.push(rank);
      else for (const id of this.#merger.encode(window.bytes, start, end)) ids.push(id);
    }
  }

  #countWindow(window: TextWindow, limit: number): number {
    let total = 0;
    let end = 0;
    for (let start = 0; start < window.end && total <= limit; start = end) {
      end = this.#pieceEnd(window, start);
      total += this.#countPiece(window.bytes, start, end);
    }
    return total;
  }

  #countPiece(bytes: Uint8Array, start: number, end: number): number {
    return this.#vocabulary.rankOf(bytes, start, end) < 0 ? this.#memo.count(bytes, start, end) : 1;
  }

  /** Takes whole pieces while they fit, then as much of the next one as fits; in UTF-16 units. */
  #cutWindow(window: TextWindow, maxTokens: number): number {
    const { bytes } = window;
    let left = maxTokens;
    let start = 0;
    for (;;) {
      const pieceEnd = this.#pieceEnd(window, start);
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
