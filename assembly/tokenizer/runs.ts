import { mergePiece } from './merge';
import { skipRepeats } from './repeats';
import { region, stackAt } from './state';
import { RUN_COUNTS, RUN_STEPS } from '../shared/tokenizer-layout';

// How many tokens a run of one ASCII byte has: padding of tables and rules. A row of tokens that begins with the same one
// twice is still the right one with that token before it once more, as all its neighbours stay apart. So a run of any length
// goes back to one of three to four such tokens, and those are few enough to be remembered. 100 to 800
// spaces took 20 µs, now 0.5, and recorded chats have pages of them.

const SLOTS: u32 = 2048;
const LENGTH_BITS: u32 = 16;
const MAX_LENGTH: i32 = 0x1ff;
const BEGINS_TWICE: u64 = 1 << 63;
const NO_RUN: i32 = 0;

/** The tokens of a piece of 8 bytes and more that is one ASCII byte again and again; 0 when it is not. */
export function tokensOfRun(at: usize, length: i32): i32 {
  const end: usize = at + length;
  if (skipRepeats(at, end) + 8 <= end || load<u64>(at) != load<u64>(end - 8)) return NO_RUN;
  const byte: u32 = load<u8>(at);
  if (byte >= 0x80) return NO_RUN;
  const step: i32 = load<u8>(region + byte, RUN_STEPS);
  if (step == 0 || length < 4 * step) return <i32>(<u32>rowOfRun(at, length));
  const times: i32 = length / step - 3;
  const row: u64 = rowOfRun(at, length - times * step);
  return (row & BEGINS_TWICE) != 0 ? <i32>(<u32>row) + times : mergePiece(at, length);
}

/** {tokens: 32, key: 31, whether the row begins with the step twice: 1} */
function rowOfRun(at: usize, length: i32): u64 {
  const byte: u32 = load<u8>(at);
  if (length > MAX_LENGTH) return mergeRun(at, length);
  const key: u64 = (<u64>((byte << LENGTH_BITS) | (<u32>length))) << 32;
  const slot: usize = region + ((<usize>((byte * 37 + <u32>length) % SLOTS)) << 3);
  const known: u64 = load<u64>(slot, RUN_COUNTS);
  if ((known & ~BEGINS_TWICE) >> 32 == key >> 32) return known;
  const row: u64 = key | mergeRun(at, length);
  store<u64>(slot, row, RUN_COUNTS);
  return row;
}

function mergeRun(at: usize, length: i32): u64 {
  const tokens: i32 = mergePiece(at, length);
  const first: u32 = load<u8>(stackAt);
  if (tokens < 2 || load<u8>(stackAt, 1) != first) return <u64>tokens;
  const step: usize = region + <usize>load<u8>(at);
  if (load<u8>(step, RUN_STEPS) == 0) store<u8>(step, first, RUN_STEPS);
  return (<u64>tokens) | (load<u8>(step, RUN_STEPS) == first ? BEGINS_TWICE : 0);
}
