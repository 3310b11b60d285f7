const FACTOR = 0x9e3779b1;

/**
 * A 32-bit hash of a file's bytes, taken word by word: under a millisecond for a vocabulary of 832 KB. It tells a damaged
 * file, or one of another build, from the right one; it is no protection against forgery.
 */
export function contentHash(bytes: Uint8Array): number {
  const whole = bytes.length & ~3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hash = bytes.length;
  for (let at = 0; at < whole; at += 4) hash = mix(hash, view.getInt32(at, true));
  for (let at = whole; at < bytes.length; at++) hash = mix(hash, bytes[at] ?? 0);
  return hash >>> 0;
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FACTOR);
  return product ^ (product >>> 15);
}
