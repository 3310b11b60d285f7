import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../domain/segment.ts';
import { countMessageTokens } from '../tokens/message-tokens.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { ChatMessage } from './chat-message.ts';

/** Who counts, and for which model. */
export interface PromptCounting {
  readonly counter: Pick<TokenCounter, 'count' | 'countUpTo' | 'truncateText'>;
  readonly model: string;
}

/** Counting for as long as the messages of one prompt are chosen: what was counted once is known from then on. */
export interface MemoCounting extends PromptCounting {
  /** The tokens of messages by identity; every count is added. */
  readonly counted?: Map<ChatMessage, number>;
}

/** The tokens of a whole prompt as a model would be billed for it; nothing for a prompt without messages. */
export function promptTokens(messages: readonly ChatMessage[], counting: MemoCounting): number {
  if (messages.length === 0) return 0;
  return messages.reduce(
    (sum, message) => sum + messageTokens(message, counting),
    REPLY_PRIMER_TOKENS,
  );
}

/** Whether a prompt takes at most `maxTokens`; counts from its end and no further than shows that it takes more. */
export function fitsWithin(
  messages: readonly ChatMessage[],
  maxTokens: number,
  counting: MemoCounting,
): boolean {
  if (messages.length === 0 || maxTokens === Infinity) return true;
  let tokens = REPLY_PRIMER_TOKENS;
  for (let at = messages.length - 1; at >= 0 && tokens <= maxTokens; at -= 1) {
    const message = messages[at];
    if (message !== undefined) tokens += messageTokens(message, counting);
  }
  return tokens <= maxTokens;
}

/** The tokens of one message in a prompt: content, tool calls, and the marks around it. */
export function messageTokens(message: ChatMessage, counting: MemoCounting): number {
  const known = counting.counted?.get(message);
  if (known !== undefined) return known;
  const tokens = MESSAGE_OVERHEAD_TOKENS + countMessageTokens(message, counting).tokens;
  counting.counted?.set(message, tokens);
  return tokens;
}

/** The tokens of a piece of text. */
export function textTokens(text: string, { counter, model }: PromptCounting): number {
  return counter.count(text, model).tokens;
}

/** As {@link textTokens}, but stops early and gives `limit + 1` when there are more than `limit`. */
export function textTokensUpTo(
  text: string,
  limit: number,
  { counter, model }: PromptCounting,
): number {
  return counter.countUpTo(text, { model, limit });
}
