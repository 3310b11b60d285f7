import { expect, test } from 'vitest';

import * as layout from '../../../assembly/shared/tokenizer-layout.ts';

/** Bytes of one bit for each byte of a piece, the bit behind its end included, cleared in steps of eight bytes. */
function deadBytes(pieceBytes: number): number {
  return (Math.floor(pieceBytes / 8 / 8) + 1) * 8;
}

test('the areas of the large window do not reach into each other or into a region', () => {
  const { LARGE_WINDOW_AT, LARGE_WINDOW_BYTES, LARGE_STACK_AT, LARGE_DEAD_AT } = layout;
  expect(LARGE_WINDOW_AT + LARGE_WINDOW_BYTES + layout.WINDOW_PAD).toBeLessThanOrEqual(
    LARGE_STACK_AT,
  );
  expect(LARGE_STACK_AT + LARGE_WINDOW_BYTES).toBeLessThanOrEqual(LARGE_DEAD_AT);
  expect(LARGE_DEAD_AT + deadBytes(LARGE_WINDOW_BYTES)).toBeLessThanOrEqual(layout.REGIONS_AT);
});

test('the areas of the window of a region do not reach into each other or out of the region', () => {
  const { WINDOW, WINDOW_BYTES, STACK, DEAD, FRONT_LONGEST } = layout;
  expect(WINDOW + WINDOW_BYTES + layout.WINDOW_PAD).toBeLessThanOrEqual(STACK);
  expect(STACK + WINDOW_BYTES).toBeLessThanOrEqual(DEAD);
  expect(DEAD + deadBytes(WINDOW_BYTES)).toBeLessThanOrEqual(FRONT_LONGEST);
});

test('the tables do not reach into each other or into the large window', () => {
  const line = 64;
  const tables = [
    [layout.BUCKETS_AT, layout.BUCKETS_AT + 1024 * line],
    [layout.SHORT_TOKENS_AT, layout.SHORT_TOKENS_AT + 32768 * line],
    [layout.MIDDLE_TOKENS_AT, layout.MIDDLE_TOKENS_AT + 32768 * line],
    [layout.SPLITS_AT, layout.SPLITS_AT + layout.MAX_TOKENS * 8],
    [layout.ARENA_AT, layout.ARENA_AT + (layout.MAX_TOKENS + 1) * 16],
    [layout.LONG_BYTES_AT, layout.LONG_BYTES_END],
    [layout.PAIRS_AT, layout.PAIRS_AT + 32768 * line],
    [layout.NEAR_PAIRS_AT, layout.NEAR_PAIRS_AT + 8192 * line],
    [layout.PAIR_BLOOM_AT, layout.PAIR_BLOOM_AT + 2 ** 20 / 8],
    [layout.BYTE_RANKS_AT, layout.BYTE_RANKS_AT + 256 * 2],
    [layout.LARGE_WINDOW_AT, layout.LARGE_STACK_AT],
  ] as const;
  tables.slice(1).forEach(([start], index) => {
    expect(start).toBeGreaterThanOrEqual(tables[index]![1]);
    expect(start % line).toBe(0);
  });
});

test('what a merge and a look-up of many pieces need does not reach into each other or into the window', () => {
  const { MERGE_SCRATCH, PENDING, TOUCHED, WINDOW } = layout;
  expect(MERGE_SCRATCH + 320).toBeLessThanOrEqual(PENDING);
  expect(PENDING + 16 * 16).toBeLessThanOrEqual(TOUCHED);
  expect(TOUCHED + 8).toBeLessThanOrEqual(WINDOW);
});
