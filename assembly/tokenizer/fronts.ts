import { region } from './state';
import { FRONT_MIDDLE, FRONT_SHORT, MEMO_MIDDLE, MEMO_SHORT } from '../shared/tokenizer-layout';

// What pieces count, from small caches in front of the vocabulary: direct-mapped, a newcomer takes the place of whatever
// it collides with, and the bytes are the key, so that they are exact and bounded. They halve the time of text whose words
// come again, since they stay in the processor's cache where the vocabulary does not.

/** Longest pieces of the fronts, in bytes. */
export const MAX_SHORT: i32 = 7;
export const MAX_MIDDLE: i32 = 15;

const SHORT_KEY: u64 = 0x07ffffffffffffff;
const SHORT_TOKENS: u64 = 59;
const MIDDLE_KEY: u64 = 0x0fffffffffffffff;
const MIDDLE_TOKENS: u64 = 60;

/** Where the tokens of a piece are, if they are known; methods, because these are inlined in the hottest loops. */
export class Slot {
  /** The slot of a piece of up to 7 bytes, by the rough hash of its key. */
  @inline
  static short(hash: u64): usize {
    return region + FRONT_SHORT + ((<usize>(hash >> 49)) << 3);
  }

  /** The slot of a piece of 8 to 15 bytes. */
  @inline
  static middle(hash: u64): usize {
    return region + FRONT_MIDDLE + ((<usize>(hash >> 50)) << 4);
  }

  /** The slot of a piece of up to 7 bytes that is no token. */
  @inline
  static shortMemo(hash: u64): usize {
    return region + MEMO_SHORT + ((<usize>((<u32>hash) >> 19)) << 3);
  }

  /** The slot of a piece of 8 to 15 bytes that is no token. */
  @inline
  static middleMemo(hash: u64): usize {
    return region + MEMO_MIDDLE + ((<usize>((<u32>hash) >> 19)) << 4);
  }
}

/** How many tokens a slot says that a piece has, 0 when it is that of another one; methods, for the same reason. */
export class Known {
  @inline
  static short(slot: usize, key: u64): i32 {
    const entry: u64 = load<u64>(slot);
    return (entry & SHORT_KEY) == key ? <i32>(entry >> SHORT_TOKENS) : 0;
  }

  @inline
  static setShort(slot: usize, key: u64, tokens: i32): void {
    store<u64>(slot, key | ((<u64>tokens) << SHORT_TOKENS));
  }

  @inline
  static middle(slot: usize, low: u64, high: u64): i32 {
    const entry: u64 = load<u64>(slot, 8);
    if ((entry & MIDDLE_KEY) != high || load<u64>(slot) != low) return 0;
    return <i32>(entry >> MIDDLE_TOKENS);
  }

  @inline
  static setMiddle(slot: usize, low: u64, high: u64, tokens: i32): void {
    store<u64>(slot, low);
    store<u64>(slot, high | ((<u64>tokens) << MIDDLE_TOKENS), 8);
  }
}
