import { type ChatMessage, renderTurns } from './chat-message.ts';
import type { PromptView } from './prompt-view.ts';
import { latestTurns } from './latest-turns.ts';

/**
 * The latest `maxHistory` messages with all their tool calls.
 * @throws INVALID_INPUT when `maxHistory` is negative or not whole.
 */
export function conversationPrompt(
  view: PromptView,
  { maxHistory }: { readonly maxHistory: number },
): readonly ChatMessage[] {
  return renderTurns(latestTurns(view.turns, { maxMessages: maxHistory, field: 'maxHistory' }));
}
