/** Tokens of one byte; the merges of all others follow them. */
const SINGLE_BYTES = 256;

/** Reads a vocabulary of merges bit by bit: 256 bytes in rank order, then two ranks as LEB128 for each further token. */
export class MergeReader {
  readonly #file: Uint8Array;
  #at = SINGLE_BYTES;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  /** The bytes of the first 256 tokens. */
  singleBytes(): Uint8Array {
    return this.#file.subarray(0, SINGLE_BYTES);
  }

  /** Fills `ranks` with the parts of the next tokens, two for each, and returns for how many there were some left. */
  next(ranks: Uint32Array): number {
    const file = this.#file;
    let at = this.#at;
    let count = 0;
    while (count < ranks.length && at < file.length) {
      let byte = file[at++] ?? 0;
      let value = byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = file[at++] ?? 0;
        value |= (byte & 0x7f) << shift;
      }
      ranks[count++] = value;
    }
    this.#at = at;
    return count >> 1;
  }
}
