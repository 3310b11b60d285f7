import { ARENA_AT } from '../shared/tokenizer-layout';

// The bytes of all tokens, sixteen for each in rank order: up to fifteen bytes, zeros and their number, which is what a key is
// made of; or the address of more, zeros and their number.

const LENGTH: usize = 15;
const MAX_INSIDE: i32 = 15;

/** Where a token of the arena is; methods, because these are inlined in loops over all of them. */
export class Arena {
  @inline
  static slot(rank: u32): usize {
    return <usize>ARENA_AT + ((<usize>rank) << 4);
  }

  @inline
  static length(slot: usize): i32 {
    return load<u8>(slot, LENGTH);
  }

  @inline
  static setLength(slot: usize, length: i32): void {
    store<u8>(slot, length, LENGTH);
  }

  /** Where the bytes begin. */
  @inline
  static bytes(slot: usize, length: i32): usize {
    return length > MAX_INSIDE ? <usize>load<u32>(slot) : slot;
  }
}
