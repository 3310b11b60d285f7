import { InvalidInput } from '../domain/errors.ts';
import type { Turn } from './transcript.ts';

/**
 * The turns from the latest `maxMessages` recorded messages on; tool calls between and after them come along and do not count.
 * @throws INVALID_INPUT when the number is negative or not whole; infinity is every message.
 */
export function latestTurns(
  turns: readonly Turn[],
  { maxMessages, field }: { readonly maxMessages: number; readonly field: string },
): readonly Turn[] {
  const isWhole = Number.isInteger(maxMessages) || maxMessages === Infinity;
  if (!isWhole || maxMessages < 0) {
    throw new InvalidInput({ field, expected: `a whole number of at least 0` });
  }
  let from = turns.length;
  let found = 0;
  while (from > 0 && found < maxMessages) {
    from -= 1;
    if (turns[from]?.eventId !== null) found += 1;
  }
  // Where every message is shown, so are the tool calls before the first of them.
  return found < maxMessages ? turns : turns.slice(from);
}
