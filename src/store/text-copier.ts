/** Texts up to this many UTF-16 units are copied through one reused buffer; longer ones get their own. */
const REUSED_UNITS = 16 * 1024;

/** UTF-8 takes at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

const BEYOND_LATIN_1 = /[\u0100-\uffff]/;

/**
 * Makes copies of texts that own their memory. A text that was cut out of a bigger one keeps all of it alive, and one that
 * was put together keeps its parts; stored for hours, either could pin a megabyte for the sake of a line.
 */
export class TextCopier {
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(REUSED_UNITS * MAX_BYTES_PER_UNIT);

  /** The same texts in memory of their own: one byte a unit for those that fit Latin-1, else two. */
  copyAll(texts: readonly string[]): CopiedTexts {
    let bytes = 0;
    const copies = texts.map((text) => {
      const copy = this.#copy(text);
      bytes += copy.bytes;
      return copy.text;
    });
    return { texts: copies, bytes };
  }

  /** The same text in memory of its own. */
  copy(text: string): string {
    return this.#copy(text).text;
  }

  #copy(text: string): { readonly text: string; readonly bytes: number } {
    const units = text.length;
    const buffer =
      units <= REUSED_UNITS ? this.#buffer : Buffer.allocUnsafe(units * MAX_BYTES_PER_UNIT);
    // As many bytes as units means that every character is ASCII: these are the bytes of the copy already.
    if (buffer.write(text, 'utf8') === units)
      return { text: buffer.toString('latin1', 0, units), bytes: units };
    // UTF-8 would replace lone surrogates, so other texts are copied unit by unit.
    const encoding = BEYOND_LATIN_1.test(text) ? 'utf16le' : 'latin1';
    const bytes = buffer.write(text, encoding);
    return { text: buffer.toString(encoding, 0, bytes), bytes };
  }
}

/** Copies of several texts and the bytes of memory that they take. */
export interface CopiedTexts {
  readonly texts: readonly string[];
  readonly bytes: number;
}

/** Bytes of memory that a text of its own takes: an upper bound, since only a scan could tell one byte a unit from two. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
