import { MERGE_BYTES, SINGLE_BYTES } from '../../assembly/shared/tokenizer-layout.ts';

/** Reads a vocabulary of merges: 256 bytes in rank order, then the ranks of two parts for each further token, 20 bits each. */
export class MergeReader {
  readonly #file: Uint8Array;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  /** The bytes of the first 256 tokens. */
  singleBytes(): Uint8Array {
    return this.#file.subarray(0, SINGLE_BYTES);
  }

  /** The ranks of the left and the right part of each merge. */
  *parts(): Iterable<readonly [left: number, right: number]> {
    const file = this.#file;
    for (let at = SINGLE_BYTES; at < file.length; at += MERGE_BYTES) {
      const middle = file[at + 2] ?? 0;
      const left = (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8) | ((middle & 0xf) << 16);
      yield [left, (middle >>> 4) | ((file[at + 3] ?? 0) << 4) | ((file[at + 4] ?? 0) << 12)];
    }
  }
}
