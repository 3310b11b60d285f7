import { region } from './state';
import { MERGE_SCRATCH } from '../shared/tokenizer-layout';

// Radix partitioning, as database systems build hash tables that no cache holds: what goes into a table of 2 MB is first written to
// 64 runs by the upper bits of its line, one run after the other is then put into its 32 KB, and these are near. A token that
// goes to its line at once waits for that line and for the page it is in; building was half as long again.

const PARTITIONS: usize = 64;
/** Of the bits that choose a line, the upper ones that choose its run. */
export const PARTITION_MASK: u64 = 63;

/** Runs of records, somewhere in what no table uses yet; methods, because these are inlined in loops over all tokens. */
export class Partitions {
  /** Empties all runs. */
  @inline
  static reset(): void {
    memory.fill(region + MERGE_SCRATCH, 0, PARTITIONS << 2);
  }

  /** Where the next record of a run of `room` bytes goes; 0 when there is no room left. */
  @inline
  static reserve(base: usize, room: usize, partition: usize, bytes: usize): usize {
    const counter: usize = region + MERGE_SCRATCH + (partition << 2);
    const used: usize = load<u32>(counter);
    if (used + bytes > room) return 0;
    store<u32>(counter, <u32>(used + bytes));
    return base + partition * room + used;
  }

  /** Bytes of the records of a run. */
  @inline
  static used(partition: usize): usize {
    return load<u32>(region + MERGE_SCRATCH + (partition << 2));
  }

  /** Empties a run. */
  @inline
  static clear(partition: usize): void {
    store<u32>(region + MERGE_SCRATCH + (partition << 2), 0);
  }

  /** Whether there is a run of this number. */
  @inline
  static has(partition: usize): bool {
    return partition < PARTITIONS;
  }
}
