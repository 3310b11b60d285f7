import { InvalidInput } from '../domain/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import { fitMessages } from './fit-messages.ts';
import type { PromptCounting } from './message-tokens.ts';
import { assertTokenLimit } from './token-limit.ts';

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);

/**
 * A prompt within a limit: the same array when it fits, else without its oldest exchanges, see {@link fitMessages}. Order
 * stays, nothing appears twice, and the first system message and the last user message are always there.
 * @throws INVALID_INPUT when the limit is negative or not a number, or a message has no role that a prompt can have.
 * @throws TOKEN_LIMIT_EXCEEDED when what must stay does not fit.
 */
export function truncatePromptToTokenLimit(
  prompt: readonly ChatMessage[],
  maxTokens: number,
  counting: PromptCounting,
): readonly ChatMessage[] {
  assertTokenLimit(maxTokens);
  for (const [index, message] of prompt.entries()) assertRole(message, index);
  const system = prompt.findIndex((message) => message.role === 'system');
  const { counter, model } = counting;
  const keptSystem = system < 0 ? null : system;
  return fitMessages(prompt, { counter, model, counted: new Map(), maxTokens, keptSystem });
}

function assertRole(message: unknown, index: number): void {
  const isObject = typeof message === 'object' && message !== null;
  if (isObject && 'role' in message && ROLES.has(message.role)) return;
  throw new InvalidInput({
    field: `prompt[${index}].role`,
    expected: `one of ${[...ROLES].join(', ')}`,
  });
}
