// How much of a cache line of a table is taken, while tables are built: entries fill a line from its beginning, and none of
// them is zero. Nothing here is left to a branch, so that the next token need not wait for the line of this one.

/** How many of 16 entries of 32 bits are taken. */
export function usedWords(line: usize): usize {
  let used: usize = 0;
  for (let at: usize = line; at < line + 64; at += 4) used += <usize>(load<u32>(at) != 0);
  return used;
}

/** How many of 8 entries of 64 bits are taken. */
export function usedLongs(line: usize): usize {
  if (ASC_FEATURE_SIMD) return <usize>ctz(freeLongs(line) | 0x100);
  let used: usize = 0;
  for (let at: usize = line; at < line + 64; at += 8) used += <usize>(load<u64>(at) != 0);
  return used;
}

/** How many of 4 entries of 128 bits are taken, whose second halves are not zero. */
export function usedPairsOfLongs(line: usize): usize {
  if (ASC_FEATURE_SIMD) return (<usize>ctz((freeLongs(line) & 0xaa) | 0x200)) >> 1;
  let used: usize = 0;
  for (let at: usize = line + 8; at < line + 64; at += 16) used += <usize>(load<u64>(at) != 0);
  return used;
}

/** Which of eight longs are zero, one bit each. */
function freeLongs(line: usize): i32 {
  const first: i32 = freeOfTwo(line) | (freeOfTwo(line + 16) << 2);
  return first | ((freeOfTwo(line + 32) | (freeOfTwo(line + 48) << 2)) << 4);
}

function freeOfTwo(at: usize): i32 {
  return i64x2.bitmask(i64x2.eq(v128.load(at), i64x2.splat(0)));
}
