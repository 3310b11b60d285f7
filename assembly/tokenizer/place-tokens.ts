import { Arena } from './arena';
import { Hash, hashLong } from './hash';
import { PARTITION_MASK, Partitions } from './partitions';
import { addToBuckets } from './token-buckets';
import { addMiddle, addShort } from './token-lines';
import { PAIR_BLOOM_AT, PAIRS_AT } from '../shared/tokenizer-layout';

// Puts all tokens where their bytes are looked for. Records wait in the tables of pairs, which are still empty.

const RECORDS_AT: usize = PAIRS_AT;
const MOST_SHORT: i32 = 7;
const MOST_MIDDLE: i32 = 15;

/** {product: 64, rank: 32, nothing: 32}. An odd number of cache lines, so that runs do not meet in one set of the cache. */
const SHORT_RECORD: usize = 16;
const SHORT_ROOM: usize = 511 * 64;
const SHORT_SHIFT: u64 = 53;

/** {first 8 bytes: 64, product: 64, rank: 32, nothing: 32}. */
const MIDDLE_RECORD: usize = 24;
const MIDDLE_ROOM: usize = 639 * 64;
const MIDDLE_SHIFT: u64 = 54;

/** Takes tokens of up to 7 bytes; false when there is no room. */
export function takeShort(from: u32, to: u32): bool {
  for (let rank: u32 = from; rank < to; rank++) {
    const slot: usize = Arena.slot(rank);
    const length: i32 = Arena.length(slot);
    if (length > MOST_SHORT) continue;
    const product: u64 = Hash.rough(load<u64>(slot) | ((<u64>length) << 56));
    const partition: usize = <usize>((product >> SHORT_SHIFT) & PARTITION_MASK);
    let record: usize = Partitions.reserve(RECORDS_AT, SHORT_ROOM, partition, SHORT_RECORD);
    if (record == 0) {
      if (!placeShort(partition)) return false;
      record = Partitions.reserve(RECORDS_AT, SHORT_ROOM, partition, SHORT_RECORD);
    }
    store<u64>(record, product);
    store<u32>(record, rank, 8);
  }
  return true;
}

/** Places the tokens of a run of up to 7 bytes; false when there is no room. */
export function placeShort(partition: usize): bool {
  const from: usize = RECORDS_AT + partition * SHORT_ROOM;
  const to: usize = from + Partitions.used(partition);
  for (let record: usize = from; record < to; record += SHORT_RECORD) {
    const product: u64 = load<u64>(record);
    const rank: u32 = load<u32>(record, 8);
    if (!addShort(product, rank) && !addToBuckets(Hash.fold(product), rank)) return false;
  }
  Partitions.clear(partition);
  return true;
}

/** Takes tokens of 8 bytes and more; false when there is no room. */
export function takeLonger(from: u32, to: u32): bool {
  for (let rank: u32 = from; rank < to; rank++) {
    const slot: usize = Arena.slot(rank);
    const length: i32 = Arena.length(slot);
    if (length <= MOST_SHORT) continue;
    const isTaken: bool =
      length > MOST_MIDDLE
        ? addToBuckets(hashLong(Arena.bytes(slot, length), length), rank)
        : takeMiddle(slot, rank);
    if (!isTaken) return false;
  }
  return true;
}

function takeMiddle(slot: usize, rank: u32): bool {
  const low: u64 = load<u64>(slot);
  const product: u64 = Hash.middle(low, load<u64>(slot, 8));
  const partition: usize = <usize>((product >> MIDDLE_SHIFT) & PARTITION_MASK);
  let record: usize = Partitions.reserve(RECORDS_AT, MIDDLE_ROOM, partition, MIDDLE_RECORD);
  if (record == 0) {
    if (!placeMiddle(partition)) return false;
    record = Partitions.reserve(RECORDS_AT, MIDDLE_ROOM, partition, MIDDLE_RECORD);
  }
  store<u64>(record, low);
  store<u64>(record, product, 8);
  store<u32>(record, rank, 16);
  return true;
}

/** Places the tokens of a run of 8 to 15 bytes; false when there is no room. */
export function placeMiddle(partition: usize): bool {
  const from: usize = RECORDS_AT + partition * MIDDLE_ROOM;
  const to: usize = from + Partitions.used(partition);
  for (let record: usize = from; record < to; record += MIDDLE_RECORD) {
    const product: u64 = load<u64>(record, 8);
    const rank: u32 = load<u32>(record, 16);
    if (!addMiddle(load<u64>(record), product, rank) && !addToBuckets(Hash.fold(product), rank))
      return false;
  }
  Partitions.clear(partition);
  return true;
}

/** Clears what the records were in. */
export function clearRecords(): void {
  memory.fill(RECORDS_AT, 0, <usize>PAIR_BLOOM_AT - RECORDS_AT);
}
