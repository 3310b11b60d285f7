import type { ComposeRequest } from './composer-settings.ts';
import type { MemoryState } from './memory-state.ts';

/** A context that was put together for less than half of its room, and fills less than this share of it, is filled again. */
const REFILL_BELOW = 0.35;
const MIN_ROOM_GROWTH = 2;

/** Tokens that pages could take, however much less was tried. */
export function roomOf({ compactedTokens, roomTokens = compactedTokens }: ComposeRequest): number {
  return roomTokens;
}

/** Whether the context was put together for much less than there is now, and could hold much more. */
export function isShrunk(state: MemoryState, request: ComposeRequest): boolean {
  const { roomTokens, usedTokens, table } = state;
  if (roomTokens === null || roomTokens * MIN_ROOM_GROWTH > roomOf(request)) return false;
  const isLow = usedTokens < request.maxTokens * REFILL_BELOW;
  return isLow && table.idsOfTier('L0').length < table.size;
}
