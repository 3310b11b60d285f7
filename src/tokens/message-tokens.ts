import { assertObject } from '../domain/argument.ts';
import { fieldOf } from './content-field.ts';
import { isMessage, MESSAGE_FIELDS } from './part-rules.ts';
import type { TokenCount, TokenCounter } from './token-counter.ts';

/** Who counts a message, and for which model. */
export interface MessageTokensOptions {
  readonly counter: Pick<TokenCounter, 'count'>;
  readonly model: string;
}

/**
 * The tokens of a message: of a string its text, of an object with `content` (or `tool_calls`) what these hold, of anything
 * else its JSON text. What a provider adds around each message (role marks, separators) is not counted. No message makes it
 * throw: what cannot be read counts nothing.
 * @throws INVALID_INPUT naming what of the options is missing.
 */
export function countMessageTokens(message: unknown, options: MessageTokensOptions): TokenCount {
  assertObject(options, 'options', { counter: 'an object', model: 'a string' });
  const { counter, model } = options;
  const isBareMessage = isMessage(message) && fieldOf(message, 'type') === undefined;
  if (!isBareMessage) return counter.count(message, model);
  const [content, refusal, reasoning, calls] = MESSAGE_FIELDS.map((name) => fieldOf(message, name));
  // Nearly every message is a text and nothing else, and counts as that text.
  const isText = typeof content === 'string';
  if (isText && refusal === undefined && reasoning === undefined && calls === undefined)
    return counter.count(content, model);
  const fields = { content, refusal, reasoning_content: reasoning, tool_calls: calls };
  return counter.count({ type: 'message', ...fields }, model);
}
