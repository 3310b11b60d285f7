import {
  CLASS_BLOCK_SHIFT,
  CLASS_BLOCKS_AT,
  CLASS_END,
  CLASS_INDEX_AT,
  LAST_CODE_POINT,
} from '../shared/tokenizer-layout';

const WIDTH: u32 = 8;
const IN_BLOCK: u32 = 127;

/** A code point in one word, {class: 8, bytes: 8}; methods, because these are inlined in the hottest loops. */
export class CodePoint {
  /** The code point at the address; CLASS_END without a length at the end of the text. */
  @inline
  static at(at: usize, end: usize): u32 {
    if (at >= end) return CLASS_END;
    const first: u32 = load<u8>(at);
    return first < 0x80 ? classOf(first) | (1 << WIDTH) : wide(at, first);
  }

  @inline
  static bytes(codePoint: u32): u32 {
    return codePoint >> WIDTH;
  }
}

function wide(at: usize, first: u32): u32 {
  const second: u32 = (<u32>load<u8>(at, 1)) & 63;
  if (first < 0xe0) return classOf(((first & 31) << 6) | second) | (2 << WIDTH);
  const third: u32 = (<u32>load<u8>(at, 2)) & 63;
  if (first < 0xf0) return classOf(((first & 15) << 12) | (second << 6) | third) | (3 << WIDTH);
  const fourth: u32 = (<u32>load<u8>(at, 3)) & 63;
  const code: u32 = ((first & 7) << 18) | (second << 12) | (third << 6) | fourth;
  return (code > <u32>LAST_CODE_POINT ? 0 : classOf(code)) | (4 << WIDTH);
}

function classOf(code: u32): u32 {
  const block: usize = load<u16>(
    <usize>CLASS_INDEX_AT + ((<usize>(code >> CLASS_BLOCK_SHIFT)) << 1),
  );
  return load<u8>(<usize>CLASS_BLOCKS_AT + (block << CLASS_BLOCK_SHIFT) + (code & IN_BLOCK));
}
