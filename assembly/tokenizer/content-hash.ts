import { MAX_VOCABULARY_BYTES, VOCABULARY_AT } from '../shared/tokenizer-layout';

const FACTOR: u32 = 0x9e3779b1;

/** The hash of the first bytes of the file at VOCABULARY_AT, as `contentHash` in src/kernel/ takes it; 0 for more than fit. */
export function vocabularyHash(byteLength: i32): u32 {
  if (byteLength < 0 || byteLength > MAX_VOCABULARY_BYTES) return 0;
  const end: usize = <usize>VOCABULARY_AT + <usize>byteLength;
  let at: usize = VOCABULARY_AT;
  let hash: u32 = <u32>byteLength;
  while (at + 4 <= end) {
    hash = mix(hash, load<u32>(at));
    at += 4;
  }
  while (at < end) hash = mix(hash, <u32>load<u8>(at++));
  return hash;
}

function mix(hash: u32, word: u32): u32 {
  const product: u32 = (hash ^ word) * FACTOR;
  return product ^ (product >> 15);
}
