import { hashOf } from './vocabulary.ts';

/** Counts the tokens of a piece `bytes[start..end)`. */
export interface PieceCounter {
  count(bytes: Uint8Array, start: number, end: number): number;
}

/** Longer pieces are seldom met twice and would make every entry bigger. */
const MAX_PIECE_BYTES = 64;

/**
 * Remembers what another counter found for short pieces: names, typing errors and rare words come again and again.
 *
 * A fixed table where a newcomer takes the place of whatever it collides with: bounded without bookkeeping, and exact,
 * since the bytes themselves are compared.
 */
export class PieceMemo implements PieceCounter {
  readonly #counter: PieceCounter;
  readonly #slotMask: number;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #counts: Uint8Array;

  /** Remembers at most `limit` pieces, rounded down to a power of two, in 66 bytes each; 0 remembers none. */
  constructor(counter: PieceCounter, limit: number) {
    const slots = limit < 1 ? 0 : 2 ** Math.floor(Math.log2(limit));
    this.#counter = counter;
    this.#slotMask = slots - 1;
    this.#bytes = new Uint8Array(slots * MAX_PIECE_BYTES);
    this.#lengths = new Uint8Array(slots);
    this.#counts = new Uint8Array(slots);
  }

  /** Tokens of `bytes[start..end)`. */
  count(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_PIECE_BYTES || this.#slotMask < 0) {
      return this.#counter.count(bytes, start, end);
    }
    const slot = hashOf(bytes, start, end) & this.#slotMask;
    if (this.#lengths[slot] === length && this.#holds(slot, bytes, start)) {
      return this.#counts[slot] ?? 0;
    }
    const count = this.#counter.count(bytes, start, end);
    this.#bytes.set(bytes.subarray(start, end), slot * MAX_PIECE_BYTES);
    this.#lengths[slot] = length;
    this.#counts[slot] = count;
    return count;
  }

  #holds(slot: number, bytes: Uint8Array, start: number): boolean {
    const offset = slot * MAX_PIECE_BYTES - start;
    const end = start + (this.#lengths[slot] ?? 0);
    for (let at = start; at < end; at++) {
      if (bytes[at] !== this.#bytes[offset + at]) return false;
    }
    return true;
  }
}
