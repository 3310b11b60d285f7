import { PagefoldError } from '../../domain/errors.ts';

const FIRST_CAPACITY = 1_024;
const PAYLOAD = 0x80;

/** Writes numbers (LEB128, seven bits a byte) and texts (UTF-16, so that any string comes back as it was) one after the other. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** Writes a whole number that is not negative. */
  writeNumber(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= PAYLOAD) {
      this.#push((rest % PAYLOAD) + PAYLOAD);
      rest = Math.floor(rest / PAYLOAD);
    }
    this.#push(rest);
  }

  /** Writes a text after its length. */
  writeText(text: string): void {
    this.writeNumber(text.length);
    for (let index = 0; index < text.length; index += 1) this.writeNumber(text.charCodeAt(index));
  }

  /** What was written here, followed by what was written there. */
  concat(other: ByteWriter): Uint8Array {
    const all = new Uint8Array(this.#length + other.#length);
    all.set(this.#bytes.subarray(0, this.#length));
    all.set(other.#bytes.subarray(0, other.#length), this.#length);
    return all;
  }

  #push(byte: number): void {
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what {@link ByteWriter} wrote; all methods throw CORRUPT_RECORD where the bytes end too early or make no sense. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether all was read. */
  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** Reads a number. */
  readNumber(): number {
    let value = 0;
    for (let unit = 1; unit <= Number.MAX_SAFE_INTEGER; unit *= PAYLOAD) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) break;
      this.#position += 1;
      value += (byte % PAYLOAD) * unit;
      if (byte < PAYLOAD) return value;
    }
    throw new PagefoldError('CORRUPT_RECORD', 'Bytes end in the middle of a number.');
  }

  /** Reads how many things follow; there cannot be more of them than bytes. */
  readCount(): number {
    const count = this.readNumber();
    if (count <= this.#bytes.length - this.#position) return count;
    throw new PagefoldError('CORRUPT_RECORD', 'Bytes promise more than they hold.');
  }

  /** Reads a text. */
  readText(): string {
    const length = this.readCount();
    let text = '';
    for (let index = 0; index < length; index += 1) {
      text += String.fromCharCode(this.readNumber() % 0x1_0000);
    }
    return text;
  }
}
