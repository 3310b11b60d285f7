import type { ChatMessage } from './chat-message.ts';
import { type ContentPart, partText } from '../domain/message-content.ts';
import { foldArguments } from './folding/fold-arguments.ts';
import { messageTokens, type PromptCounting, textTokens } from './message-tokens.ts';

/** Ends a text of which the rest was left out. */
export const SHORTENED_MARK = '\n[shortened]';

/** A text is never cut below this many tokens: less would say nothing and only look like content. */
export const MIN_SHORTENED_TOKENS = 32;

/** Less would say nothing of arguments either, though they need less to say that something is missing. */
const MIN_ARGUMENTS_TOKENS = 8;

/** How often a cut is tried again when the tokens of the parts did not add up to those of the whole. */
const MAX_TRIES = 4;

/** What shortening came to: the messages, and how many tokens they take together. */
export interface Shortened {
  readonly messages: readonly ChatMessage[];
  readonly tokens: number;
}

/**
 * Shortens the longest texts of messages until all together take at most `maxTokens`, or no text can get shorter. Names,
 * ids and media stay as they are: half of them is worth nothing. So do arguments, unless no shorter text would do.
 */
export function shortenMessages(
  given: readonly ChatMessage[],
  { maxTokens, counting }: { readonly maxTokens: number; readonly counting: PromptCounting },
): Shortened {
  const messages = withShortCalls(given, maxTokens, counting);
  const lengths = messages.flatMap(textsOf).map((text) => textTokens(text, counting));
  const textsTotal = lengths.reduce((sum, length) => sum + length, 0);
  let shortened: Shortened = { messages, tokens: sumTokens(messages, counting) };
  let room = maxTokens - (shortened.tokens - textsTotal);
  for (let tries = 0; shortened.tokens > maxTokens && tries < MAX_TRIES; tries += 1) {
    const cap = Math.max(MIN_SHORTENED_TOKENS, capFor(lengths, room));
    const cut = messages.map((message) =>
      withTexts(message, (text) => cutText(text, cap, counting)),
    );
    shortened = { messages: cut, tokens: sumTokens(cut, counting) };
    if (cap === MIN_SHORTENED_TOKENS) break;
    room -= Math.max(0, shortened.tokens - maxTokens);
  }
  return shortened;
}

/** The messages with the longest arguments of calls shortened, where texts alone cannot be short enough. */
function withShortCalls(
  messages: readonly ChatMessage[],
  maxTokens: number,
  counting: PromptCounting,
): readonly ChatMessage[] {
  const texts = messages.flatMap(textsOf).map((text) => textTokens(text, counting));
  const calls = messages.flatMap(callsOf).map((text) => textTokens(text, counting));
  if (calls.length === 0) return messages;
  const tokens = sumTokens(messages, counting);
  const least = texts.reduce((sum, length) => sum + Math.min(length, MIN_SHORTENED_TOKENS), 0);
  const fixed = tokens - [...texts, ...calls].reduce((sum, length) => sum + length, 0);
  const callTokens = calls.reduce((sum, length) => sum + length, 0);
  if (fixed + least + callTokens <= maxTokens) return messages;
  const shared = capFor([...texts, ...calls], maxTokens - fixed);
  // Texts do not get as short as that.
  const isBelowTexts = shared < MIN_SHORTENED_TOKENS;
  const fitting = isBelowTexts ? capFor(calls, maxTokens - fixed - least) : shared;
  const cap = Math.max(MIN_ARGUMENTS_TOKENS, fitting);
  return messages.map((message) => withCalls(message, cap, counting));
}

function callsOf(message: ChatMessage): readonly string[] {
  const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
  return calls.map((call) => call.function.arguments);
}

function withCalls(message: ChatMessage, maxTokens: number, counting: PromptCounting): ChatMessage {
  if (message.role !== 'assistant' || message.tool_calls === undefined) return message;
  const countTokens = (text: string): number => textTokens(text, counting);
  const calls = message.tool_calls.map((call) => {
    const short = foldArguments(call.function.arguments, { maxTokens, countTokens });
    return { ...call, function: { ...call.function, arguments: short } };
  });
  return { ...message, tool_calls: calls };
}

/** A text of at most `maxTokens`, marked when something of it is missing. */
export function cutText(text: string, maxTokens: number, counting: PromptCounting): string {
  const { counter, model } = counting;
  if (textTokens(text, counting) <= maxTokens) return text;
  const markTokens = textTokens(SHORTENED_MARK, counting);
  return counter.truncateText(text, { model, maxTokens: maxTokens - markTokens }) + SHORTENED_MARK;
}

/** The largest cap with which texts of these lengths take at most `room` together: long ones pay, short ones stay whole. */
export function capFor(lengths: readonly number[], room: number): number {
  let left = room;
  let count = lengths.length;
  for (const length of [...lengths].sort((a, b) => a - b)) {
    if (length * count > left) break;
    left -= length;
    count -= 1;
  }
  return count === 0 ? Infinity : Math.floor(left / count);
}

function sumTokens(messages: readonly ChatMessage[], counting: PromptCounting): number {
  return messages.reduce((sum, message) => sum + messageTokens(message, counting), 0);
}

function textsOf(message: ChatMessage): readonly string[] {
  const texts: string[] = [];
  withTexts(message, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

function withTexts(message: ChatMessage, change: (text: string) => string): ChatMessage {
  switch (message.role) {
    case 'system':
    case 'tool':
      return { ...message, content: change(message.content) };
    case 'user':
    case 'assistant': {
      const { content } = message;
      if (content === null) return message;
      if (typeof content === 'string') return { ...message, content: change(content) };
      return { ...message, content: content.map((part) => withPartText(part, change)) };
    }
  }
}

function withPartText(part: ContentPart, change: (text: string) => string): ContentPart {
  const text = partText(part);
  return text === null ? part : { ...part, text: change(text) };
}
