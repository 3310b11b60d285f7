import type { JsonValue } from '../../../domain/json.ts';
import { InvalidInput } from '../../../domain/errors.ts';
import { optionNames } from '../../../domain/option-names.ts';
import { type CallIdRule, isChatCallId, isPortableCallId } from '../../call-id-rule.ts';
import type { AssistantMessage, ChatMessage, ToolMessage } from '../../chat-message.ts';
import type { ChatContent } from '../../../domain/message-content.ts';
import { toChatMessages } from '../../message-shape.ts';
import { CONVERSATION_OPENING, isBlank } from './anthropic-rules.ts';
import { parseCallArguments } from './call-arguments.ts';
import { partContent, type PartContent, partWords } from './content-source.ts';
import { withUniqueCallIds } from './unique-call-ids.ts';

/** A part of what the user says, for the AI SDK. */
export type AiSdkUserPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly image: string; readonly mediaType?: string }
  | {
      readonly type: 'file';
      readonly data: string;
      readonly mediaType: string;
      readonly filename?: string;
    };

/** A part of an answer, for the AI SDK. */
export type AiSdkAnswerPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: JsonValue;
    };

/** The result of a tool call, for the AI SDK. */
export interface AiSdkToolResult {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: { readonly type: 'text'; readonly value: string };
}

/** A message as the AI SDK takes it (its `ModelMessage`). */
export type AiSdkMessage =
  | { readonly role: 'user'; readonly content: string | AiSdkUserPart[] }
  | { readonly role: 'assistant'; readonly content: string | AiSdkAnswerPart[] }
  | { readonly role: 'tool'; readonly content: AiSdkToolResult[] };

/** What the AI SDK is given; its arrays are the caller's own, as the types of the SDK ask for. */
export interface AiSdkPrompt {
  /** For its option `system` (`instructions` in later versions); not there when there is none, since the SDK refuses `null`. */
  readonly system?: string;
  readonly messages: AiSdkMessage[];
}

/** How to convert. */
export interface AiSdkOptions {
  /**
   * Which ids of calls stay as they are. Default `portable`, what every provider takes: up to 40 letters, digits, `_` and `-`. With `chat`
   * also what OpenAI's chat and those made after it take, as Kimi's `functions.get:0`, which its models have to see again.
   */
  readonly callIds?: 'portable' | 'chat' | undefined;
}

const assertNames = optionNames<AiSdkOptions>({ callIds: true });

/**
 * Messages for the AI SDK. The first message of the system becomes the instructions; later ones become messages of the user, since the SDK
 * and many providers behind it refuse the system a word between turns. Ids of calls that do not fit, or come twice, are derived. What
 * Anthropic refuses is not sent, whichever provider comes: blank texts are left out, and a user opens the conversation.
 * @throws INVALID_INPUT naming what is no message, or the part of one that is wrong.
 */
export function toAiSdkPrompt(
  messages: readonly ChatMessage[],
  options: AiSdkOptions = {},
): AiSdkPrompt {
  assertNames(options);
  const rule = ruleOf(options);
  const sent = withUniqueCallIds(toChatMessages(messages), rule);
  const [first, ...others] = sent;
  const isInstructed = first?.role === 'system';
  const system = isInstructed && !isBlank(first.content) ? { system: first.content } : {};
  return { ...system, messages: conversationOf(isInstructed ? others : sent) };
}

function ruleOf({ callIds = 'portable' }: AiSdkOptions): CallIdRule {
  if (callIds === 'portable') return isPortableCallId;
  if (callIds === 'chat') return isChatCallId;
  throw new InvalidInput({ field: 'options.callIds', expected: 'one of portable, chat' });
}

/** The results of an answer's calls are one message. */
function conversationOf(messages: readonly ChatMessage[]): AiSdkMessage[] {
  const converted: AiSdkMessage[] = [];
  let results: AiSdkToolResult[] = [];
  for (const message of messages) {
    if (message.role !== 'tool') converted.push(...toMessages(message));
    else if (converted.at(-1)?.role === 'tool') results.push(toolResult(message));
    else {
      results = [toolResult(message)];
      converted.push({ role: 'tool', content: results });
    }
  }
  if (converted[0]?.role === 'assistant')
    converted.unshift({ role: 'user', content: CONVERSATION_OPENING });
  return converted;
}

/** None for a message that says nothing. */
function toMessages(message: Exclude<ChatMessage, ToolMessage>): readonly AiSdkMessage[] {
  const converted = toMessage(message);
  const { content } = converted;
  const isEmpty = typeof content === 'string' ? isBlank(content) : content.length === 0;
  return isEmpty ? [] : [converted];
}

function toMessage(message: Exclude<ChatMessage, ToolMessage>): AiSdkMessage {
  switch (message.role) {
    case 'system':
      return { role: 'user', content: message.content };
    case 'user':
      return { role: 'user', content: userContent(message.content) };
    default:
      return { role: 'assistant', content: answerContent(message) };
  }
}

function toolResult({ tool_call_id: toolCallId, name, content }: ToolMessage): AiSdkToolResult {
  const output = { type: 'text', value: content } as const;
  return { type: 'tool-result', toolCallId, toolName: name, output };
}

function answerContent({
  content,
  tool_calls: calls = [],
}: AssistantMessage): string | AiSdkAnswerPart[] {
  if (calls.length === 0 && typeof content === 'string') return content;
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  const texts = parts
    .map((part) => partWords(partContent(part)))
    .filter((text) => !isBlank(text))
    .map((text): AiSdkAnswerPart => ({ type: 'text', text }));
  return [
    ...texts,
    ...calls.map(({ id, function: { name, arguments: args } }): AiSdkAnswerPart => ({
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input: parseCallArguments(args),
    })),
  ];
}

function userContent(content: ChatContent): string | AiSdkUserPart[] {
  if (typeof content === 'string') return content;
  return content
    .map((part) => toUserPart(partContent(part)))
    .filter((part) => part.type !== 'text' || !isBlank(part.text));
}

function toUserPart(part: PartContent): AiSdkUserPart {
  switch (part.kind) {
    case 'image':
      return part.source.kind === 'url'
        ? { type: 'image', image: part.source.url }
        : { type: 'image', image: part.source.data, mediaType: part.source.mediaType };
    case 'audio':
      return { type: 'file', data: part.data, mediaType: audioType(part.format) };
    case 'file': {
      const { source, filename } = part;
      if (source === null) return { type: 'text', text: partWords(part) };
      const name = filename === null ? {} : { filename };
      const data = source.kind === 'url' ? source.url : source.data;
      return { type: 'file', data, mediaType: source.mediaType, ...name };
    }
    default:
      return { type: 'text', text: partWords(part) };
  }
}

function audioType(format: string): string {
  return format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
}
