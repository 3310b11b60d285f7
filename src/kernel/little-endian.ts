const isHostLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * The 32-bit words of bytes in little-endian order, as files of ours have them; up to three bytes behind the last one are left out. Asking a
 * `DataView` for each word would cost a call each until that code is optimised: 2 ms of the first count.
 */
export function wordsOf(bytes: Uint8Array, mayView: boolean = isHostLittleEndian): Int32Array {
  const count = bytes.length >> 2;
  if (mayView) return new Int32Array(copyOf(bytes, 4 * count));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Int32Array.from({ length: count }, (_, index) => view.getInt32(4 * index, true));
}

/** As {@link wordsOf}, of 16 bits. */
export function halfWordsOf(bytes: Uint8Array, mayView: boolean = isHostLittleEndian): Uint16Array {
  const count = bytes.length >> 1;
  if (mayView) return new Uint16Array(copyOf(bytes, 2 * count));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Uint16Array.from({ length: count }, (_, index) => view.getUint16(2 * index, true));
}

/** In memory of its own, since a view begins at a multiple of its words. */
function copyOf({ buffer, byteOffset }: Uint8Array, length: number): ArrayBufferLike {
  return buffer.slice(byteOffset, byteOffset + length);
}
