import type { ChatMessage, ChatToolCall } from '../chat-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/json.ts';
import type { ChatContent, ContentPart } from '../../domain/message-content.ts';
import { safeJson, withoutDelimiters } from './safe-text.ts';

/**
 * A message in which no delimiter of our blocks can stand, so that none can pass for one once roles are gone, as in formats without
 * system messages between turns. The same object when it holds none, which nearly every message does.
 */
export function neutralMessage(message: ChatMessage): ChatMessage {
  switch (message.role) {
    case 'tool': {
      const content = withoutDelimiters(message.content);
      const id = withoutDelimiters(message.tool_call_id);
      if (content === message.content && id === message.tool_call_id) return message;
      return { ...message, tool_call_id: id, content };
    }
    case 'system': {
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

/** All words of a part: whoever names a file chooses what stands there as freely as the text beside it. */
function neutralPart(part: ContentPart): ContentPart {
  const neutral = neutralObject(part);
  return neutral === part ? part : { ...neutral, type: withoutDelimiters(part.type) };
}

function neutralObject(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  const neutral = sameOrMapped(entries, (entry): [string, JsonValue] => {
    const [key, value] = entry;
    const [safeKey, safe] = [withoutDelimiters(key), neutralValue(value)];
    return safeKey === key && safe === value ? entry : [safeKey, safe];
  });
  return neutral === entries ? object : Object.fromEntries(neutral);
}

function neutralValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return withoutDelimiters(value);
  if (isArray(value)) return sameOrMapped(value, neutralValue);
  return isJsonObject(value) ? neutralObject(value) : value;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function neutralCalls(calls: readonly ChatToolCall[]): readonly ChatToolCall[] {
  return sameOrMapped(calls, (call) => {
    const [id, safe] = [withoutDelimiters(call.id), safeJson(call.function.arguments)];
    if (id === call.id && safe === call.function.arguments) return call;
    return { ...call, id, function: { ...call.function, arguments: safe } };
  });
}

/** The list itself when nothing in it changes. */
function sameOrMapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? items : changed;
}
