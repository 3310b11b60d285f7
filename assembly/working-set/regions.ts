import {
  RESULT_STRIDE,
  SEAT_SPARE_SHIFT,
  SEAT_STRIDE,
  SET_HEADER_BYTES,
  SET_MAX_CAPACITY_SHIFT,
  SLOT_STRIDE,
  STATUS_NO_MEMORY,
  STATUS_OK,
} from '../shared/layout';

// Regions come in one size for each capacity, and a freed one waits in the list of its size for the next set of that
// capacity. So the memory never exceeds what the sets once needed at the same time, however many come and go.

const LAST_BYTE: u64 = 0xffff0000;

/** Below, the header of a set would not fit. */
const SMALLEST_REUSED: i32 = 256;

const freeRegions: usize = memory.data((SET_MAX_CAPACITY_SHIFT + 1) * sizeof<u32>(), 16);

let top: usize = 0;
let resultsAt: usize = 0;
let resultsCapacity: i32 = 0;

/** Seats of a set with that many slots. */
export function seatCapacityOf(capacity: i32): i32 {
  return capacity + (capacity >>> SEAT_SPARE_SHIFT);
}

/** Address of the results of the latest call that left any. */
export function resultsAddress(): usize {
  return resultsAt;
}

/** An uninitialised region for a set of 2^shift slots, or 0 when the memory is exhausted. */
export function takeRegion(shift: i32): usize {
  const list: usize = freeRegions + ((<usize>shift) << 2);
  const free: usize = <usize>load<u32>(list);
  if (free == 0) return extend(regionBytes(1 << shift));
  store<u32>(list, load<u32>(free));
  return free;
}

/** Takes back a region for a set of 2^shift slots. */
export function returnRegion(region: usize, shift: i32): void {
  const list: usize = freeRegions + ((<usize>shift) << 2);
  store<u32>(region, load<u32>(list));
  store<u32>(list, <u32>region);
}

/** Makes room for one result a seat; done when a set grows, so that a selection never has to ask for memory. */
export function reserveResults(capacity: i32): i32 {
  if (capacity <= resultsCapacity) return STATUS_OK;
  // Sorting merges from one half into the other.
  const at: usize = extend(<usize>seatCapacityOf(capacity) * RESULT_STRIDE * 2);
  if (at == 0) return STATUS_NO_MEMORY;
  // The former area is 40 bytes a slot, which holds a region of a quarter of the slots at less than 120 bytes each.
  if (resultsCapacity >= SMALLEST_REUSED) returnRegion(resultsAt, ctz(resultsCapacity) - 2);
  resultsAt = at;
  resultsCapacity = capacity;
  return STATUS_OK;
}

/** Where a sort may keep records meanwhile. */
export function spareResults(): usize {
  return resultsAt + <usize>seatCapacityOf(resultsCapacity) * RESULT_STRIDE;
}

function regionBytes(capacity: i32): usize {
  const columns: usize =
    <usize>capacity * SLOT_STRIDE + <usize>seatCapacityOf(capacity) * SEAT_STRIDE;
  return (<usize>SET_HEADER_BYTES + columns + 15) & ~15;
}

function extend(bytes: usize): usize {
  if (top == 0) top = (__heap_base + 15) & ~15;
  const end: u64 = <u64>top + <u64>bytes;
  if (end > LAST_BYTE) return 0;
  const have: u64 = (<u64>memory.size()) << 16;
  if (end > have) {
    const missing: i32 = <i32>((end - have + 0xffff) >>> 16);
    // An eighth more than needed keeps the number of growths, each of which ends all views, logarithmic.
    if (memory.grow(missing + (memory.size() >>> 3)) < 0 && memory.grow(missing) < 0) return 0;
  }
  const at: usize = top;
  top = <usize>end;
  return at;
}
