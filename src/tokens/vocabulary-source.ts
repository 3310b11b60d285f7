import { readCounterFile } from '../kernel/counter-files.ts';
import { MergeReader } from '../kernel/merge-reader.ts';
import type { EncodingName } from '../kernel/token-rules.ts';
import { Vocabulary } from './vocabulary.ts';

/** Gives the vocabulary of an encoding, or null where it cannot be had. */
export type VocabularySource = (encoding: EncodingName) => Vocabulary | null;

const loaded = new Map<EncodingName, Vocabulary | null>();

/**
 * The vocabulary of an encoding, from the file that the WebAssembly counter reads too; null when it cannot be had (a bundle
 * without it). Synchronous, offline and done once a process.
 */
export function loadVocabulary(encoding: EncodingName): Vocabulary | null {
  const known = loaded.get(encoding);
  if (known !== undefined) return known;
  const file = readCounterFile(`${encoding}.merges`);
  const vocabulary = file === null ? null : expandMerges(new MergeReader(file));
  loaded.set(encoding, vocabulary);
  return vocabulary;
}

/** Writes out the bytes of all tokens, each of which is two earlier ones joined. */
export function expandMerges(reader: MergeReader): Vocabulary {
  const tokens = new TokenList();
  for (const byte of reader.singleBytes()) tokens.addByte(byte);
  for (const [left, right] of reader.parts()) tokens.addMerge(left, right);
  return tokens.toVocabulary();
}

/** Tokens in rank order: their bytes in one buffer, since 200,000 small ones would cost ten times as much. */
class TokenList {
  #bytes = new Uint8Array(2 ** 16);
  #starts = new Uint32Array(2 ** 12);
  #size = 0;

  addByte(byte: number): void {
    const end = this.#reserve(1);
    this.#bytes[end] = byte;
    this.#close(end + 1);
  }

  addMerge(left: number, right: number): void {
    const [leftStart, leftEnd] = [this.#starts[left] ?? 0, this.#starts[left + 1] ?? 0];
    const [rightStart, rightEnd] = [this.#starts[right] ?? 0, this.#starts[right + 1] ?? 0];
    const end = this.#reserve(leftEnd - leftStart + rightEnd - rightStart);
    this.#bytes.copyWithin(end, leftStart, leftEnd);
    this.#bytes.copyWithin(end + leftEnd - leftStart, rightStart, rightEnd);
    this.#close(end + leftEnd - leftStart + rightEnd - rightStart);
  }

  toVocabulary(): Vocabulary {
    const end = this.#starts[this.#size] ?? 0;
    return new Vocabulary(this.#bytes.slice(0, end), this.#starts.slice(0, this.#size + 1));
  }

  /** Makes room for one more token and returns where its bytes begin. */
  #reserve(length: number): number {
    const end = this.#starts[this.#size] ?? 0;
    if (end + length > this.#bytes.length) this.#bytes = doubled(this.#bytes, Uint8Array);
    if (this.#size + 2 > this.#starts.length) this.#starts = doubled(this.#starts, Uint32Array);
    return end;
  }

  #close(end: number): void {
    this.#size++;
    this.#starts[this.#size] = end;
  }
}

function doubled<List extends Uint8Array | Uint32Array>(
  list: List,
  create: new (length: number) => List,
): List {
  const larger = new create(list.length * 2);
  larger.set(list);
  return larger;
}
