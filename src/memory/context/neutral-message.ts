import type { ChatMessage, ChatToolCall } from '../chat-message.ts';
import type { ChatContent, ContentPart } from '../../domain/message-content.ts';
import { safeJson, withoutDelimiters } from './safe-text.ts';

/**
 * A message in which no delimiter of our blocks can stand, so that none can pass for one once roles are gone, as in formats without
 * system messages between turns. The same object when it holds none, which nearly every message does.
 */
export function neutralMessage(message: ChatMessage): ChatMessage {
  switch (message.role) {
    case 'system':
    case 'tool': {
      const content = withoutDelimiters(message.content);
      return content === message.content ? message : { ...message, content };
    }
    case 'user': {
      const content = neutralContent(message.content);
      return content === message.content ? message : { ...message, content };
    }
    default: {
      const content = message.content === null ? null : neutralContent(message.content);
      const calls = message.tool_calls === undefined ? undefined : neutralCalls(message.tool_calls);
      if (content === message.content && calls === message.tool_calls) return message;
      return { ...message, content, ...(calls === undefined ? {} : { tool_calls: calls }) };
    }
  }
}

function neutralContent(content: ChatContent): ChatContent {
  return typeof content === 'string'
    ? withoutDelimiters(content)
    : sameOrMapped(content, neutralPart);
}

function neutralPart(part: ContentPart): ContentPart {
  let neutral = part;
  for (const field of ['text', 'refusal']) {
    const text = part[field];
    if (typeof text !== 'string') continue;
    const safe = withoutDelimiters(text);
    if (safe !== text) neutral = { ...neutral, [field]: safe };
  }
  return neutral;
}

function neutralCalls(calls: readonly ChatToolCall[]): readonly ChatToolCall[] {
  return sameOrMapped(calls, (call) => {
    const safe = safeJson(call.function.arguments);
    if (safe === call.function.arguments) return call;
    return { ...call, function: { ...call.function, arguments: safe } };
  });
}

/** The list itself when nothing in it changes. */
function sameOrMapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}
