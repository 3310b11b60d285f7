import { addFarPair, addNearPair, farHash, farPairOf } from './pairs';
import { Partitions } from './partitions';
import { BUCKETS_AT, CHAR_RANKS_AT, SPLITS_AT } from '../shared/tokenizer-layout';

// Puts what two tokens make where it is looked for. Records, which are entries, wait in the tables of beginnings and joints, which
// are still empty.

const RECORDS_AT: usize = CHAR_RANKS_AT;
const RECORD: usize = 8;
/** An odd number of cache lines, so that runs do not meet in one set of the cache. */
const ROOM: usize = 255 * 64;
const SHIFT: u64 = 58;
const RANK: u64 = 0xfffff;
const RIGHT_SHIFT: u64 = 20;

/** Takes the pairs that tokens are made of. */
export function takePairs(from: u32, to: u32): void {
  for (let rank: u32 = from; rank < to; rank++) {
    const parts: u64 = load<u64>(<usize>SPLITS_AT + ((<usize>rank) << 3));
    const left: u32 = <u32>(parts & RANK);
    const right: u32 = <u32>((parts >> RIGHT_SHIFT) & RANK);
    if (addNearPair(left, right, rank)) continue;
    const entry: u64 = farPairOf(left, right, rank);
    const partition: usize = <usize>(farHash(entry) >> SHIFT);
    let record: usize = Partitions.reserve(RECORDS_AT, ROOM, partition, RECORD);
    if (record == 0) {
      placePairs(partition);
      record = Partitions.reserve(RECORDS_AT, ROOM, partition, RECORD);
    }
    store<u64>(record, entry);
  }
}

/** Places the pairs of a run. */
export function placePairs(partition: usize): void {
  const from: usize = RECORDS_AT + partition * ROOM;
  const to: usize = from + Partitions.used(partition);
  for (let record: usize = from; record < to; record += RECORD) addFarPair(load<u64>(record));
  Partitions.clear(partition);
}

/** Clears what the records were in. */
export function clearPairRecords(): void {
  memory.fill(RECORDS_AT, 0, <usize>BUCKETS_AT - RECORDS_AT);
}
