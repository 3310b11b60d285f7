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
