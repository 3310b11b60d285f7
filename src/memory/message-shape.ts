import { assertObject, assertObjects, reading } from '../domain/argument.ts';
import { InvalidInput } from '../domain/errors.ts';
import { contentText } from '../domain/message-content.ts';
import type { ChatMessage } from './chat-message.ts';

/** Stands for the tool of a result whose call is not there. */
const UNNAMED_TOOL = 'tool';

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);

/**
 * Refuses what is no list of messages in the form of OpenAI's chat.
 * @throws INVALID_INPUT naming the part of the message that is wrong.
 */
export function assertMessages(messages: unknown, field: string): void {
  assertObjects(messages, field);
  if (!Array.isArray(messages)) return;
  for (const [index, message] of messages.entries()) {
    const name = `${field}[${index}]`;
    reading(name, () => assertMessage(message, name));
  }
}

/**
 * Messages for a converter. Clients of OpenAI also write `developer` for the system, null for no calls, a refusal beside no content, and what the system and tools
 * say as parts, and leave out of which tool a result is, which the call tells; what is written as we do stays as it is.
 * @throws INVALID_INPUT naming the part of the message that is wrong.
 */
export function toChatMessages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  assertObjects(messages, 'messages');
  const named = messages.map((message, at) => reading(`messages[${at}]`, () => withRole(message)));
  assertMessages(named, 'messages');
  return withToolNames(named.map(inOurForm));
}

function withToolNames(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    if (message.role === 'assistant')
      for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name);
    if (message.role !== 'tool') return message;
    const name: unknown = message.name;
    return typeof name === 'string'
      ? message
      : { ...message, name: names.get(message.tool_call_id) ?? UNNAMED_TOOL };
  });
}

function withRole(message: ChatMessage): ChatMessage {
  const role: unknown = message.role;
  // It is the system of OpenAI's models that reason; whether the rest is a message of it is checked next.
  return role === 'developer' ? ({ ...message, role: 'system' } as ChatMessage) : message;
}

function inOurForm(message: ChatMessage): ChatMessage {
  if (message.role === 'user') return message;
  if (message.role !== 'assistant') {
    const { content } = message;
    return typeof content === 'string' ? message : { ...message, content: contentText(content) };
  }
  const { content: said, tool_calls: calls, ...rest } = message;
  const refusal: unknown = Reflect.get(message, 'refusal');
  const content = said ?? (typeof refusal === 'string' ? refusal : null);
  if (content === said && calls !== null) return message;
  return { ...rest, content, ...(calls ? { tool_calls: calls } : {}) };
}

function assertMessage(message: object, field: string): void {
  const role: unknown = Reflect.get(message, 'role');
  if (!ROLES.has(role))
    throw new InvalidInput({ field: `${field}.role`, expected: `one of ${[...ROLES].join(', ')}` });
  const content: unknown = Reflect.get(message, 'content');
  const isAnswer = role === 'assistant';
  if (!isAnswer || (content !== null && content !== undefined))
    assertContent(content, `${field}.content`);
  if (role === 'tool') assertObject(message, field, { tool_call_id: 'a string' });
  if (isAnswer) assertCalls(Reflect.get(message, 'tool_calls'), `${field}.tool_calls`);
}

function assertContent(content: unknown, field: string): void {
  if (typeof content === 'string') return;
  if (!Array.isArray(content))
    throw new InvalidInput({ field, expected: 'text, or a list of parts' });
  assertObjects(content, field, { type: 'a string' });
}

function assertCalls(calls: unknown, field: string): void {
  if (calls === undefined || calls === null) return;
  assertObjects(calls, field, { id: 'a string', function: 'an object' });
  if (!Array.isArray(calls)) return;
  for (const [index, call] of calls.entries()) {
    const called: unknown = Reflect.get(call as object, 'function');
    assertObject(called, `${field}[${index}].function`, {
      name: 'a string',
      arguments: 'a string',
    });
  }
}
