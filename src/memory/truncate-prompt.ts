import type { ChatMessage } from './chat-message.ts';
import { fitMessages } from './fit-messages.ts';
import { assertMessages } from './message-shape.ts';
import type { PromptCounting } from './message-tokens.ts';
import { assertTokenLimit } from './token-limit.ts';

/**
 * A prompt within a limit: the same array when it fits, else without its oldest exchanges, see {@link fitMessages}. Order
 * stays, nothing appears twice, and the first system message and the last user message are always there.
 * @throws INVALID_INPUT when the limit is negative or not a number, or a message has no form that a prompt can have.
 * @throws TOKEN_LIMIT_EXCEEDED when what must stay does not fit.
 */
export function truncatePromptToTokenLimit(
  prompt: readonly ChatMessage[],
  maxTokens: number,
  counting: PromptCounting,
): readonly ChatMessage[] {
  assertTokenLimit(maxTokens);
  assertMessages(prompt, 'prompt');
  const system = prompt.findIndex((message) => message.role === 'system');
  const { counter, model } = counting;
  const keptSystem = system < 0 ? null : system;
  return fitMessages(prompt, { counter, model, counted: new Map(), maxTokens, keptSystem });
}
