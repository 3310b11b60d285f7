import { Bytes } from './bytes';

// Whether a piece begins and ends as words of some alphabets do, after at most one character.

/** Whether nearly all of a piece is code points of two bytes: Greek, Cyrillic, Hebrew, Arabic. */
export function isOfTwo(at: usize, length: i32): bool {
  if (load<u8>(at + length - 1) < 0x80) return false;
  return Bytes.leadsTwo(load<u8>(at)) || Bytes.leadsTwo(load<u8>(at, 1));
}

/** Whether nearly all of a piece is code points of three bytes: Indic alphabets, Thai, Chinese, Japanese, Korean. */
export function isOfThree(at: usize, length: i32): bool {
  if (load<u8>(at + length - 1) < 0x80) return false;
  return Bytes.leadsThree(load<u8>(at)) || Bytes.leadsThree(load<u8>(at, 1));
}
