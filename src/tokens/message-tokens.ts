import { assertObject } from '../domain/argument.ts';
import { fieldOf } from './content-field.ts';
import { isMessage, MESSAGE_FIELDS } from './part-rules.ts';
import type { TokenCount, TokenCounter } from './token-counter.ts';

/** Who counts a message, and for which model. */
export interface MessageTokensOptions {
  readonly counter: Pick<TokenCounter, 'count'>;
  readonly model: string;
}

/** What a name takes besides its own tokens. */
const NAME_MARK_TOKENS = 1;

/**
 * The tokens of a message: of a string its text, of an object with `content` (or `tool_calls`) what these hold, of anything
 * else its JSON text. What a provider adds around each message (role marks, separators) is not counted, but for the `name` of
 * a message, which takes its tokens and one more, as in `num_tokens_from_messages` of OpenAI's cookbook
 * (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken). No message makes it throw: what cannot be read
 * counts nothing.
 * @throws INVALID_INPUT naming what of the options is missing.
 */
export function countMessageTokens(message: unknown, options: MessageTokensOptions): TokenCount {
  assertObject(options, 'options', { counter: 'an object', model: 'a string' });
  const { counter, model } = options;
  const isBareMessage = isMessage(message) && fieldOf(message, 'type') === undefined;
  if (!isBareMessage) return counter.count(message, model);
  const said = countSaid(message, options);
  const name = fieldOf(message, 'name');
  if (typeof name !== 'string') return said;
  const named = counter.count(name, model);
  const tokens = said.tokens + named.tokens + NAME_MARK_TOKENS;
  return { ...said, tokens };
}

/** The tokens of what a message says and calls. */
function countSaid(message: unknown, { counter, model }: MessageTokensOptions): TokenCount {
  const [content, refusal, reasoning, calls] = MESSAGE_FIELDS.map((name) => fieldOf(message, name));
  // Nearly every message is a text and nothing else, and counts as that text.
  const isText = typeof content === 'string';
  if (isText && refusal === undefined && reasoning === undefined && calls === undefined)
    return counter.count(content, model);
  const fields = { content, refusal, reasoning_content: reasoning, tool_calls: calls };
  return counter.count({ type: 'message', ...fields }, model);
}
