import { isJsonObject, type JsonValue, toText } from '../../domain/json.ts';
import { messageContent } from '../../domain/session-event.ts';

/** A tool call an answer asks for, as a reader wants it. */
export interface ShownCall {
  readonly name: string;
  readonly input: string;
}

/** What a message says, as text; parts that are no text are named in brackets. */
export function readableText(message: JsonValue): string {
  const content = messageContent(message);
  if (content === null) return '';
  if (!isArray(content)) return toText(content);
  return content.map(partText).join('\n');
}

/** The tool calls a message asks for. */
export function shownCalls(message: JsonValue): readonly ShownCall[] {
  const calls = isJsonObject(message) ? message['tool_calls'] : undefined;
  if (calls === undefined || !isArray(calls)) return [];
  return calls.map((call) => {
    const asked = isJsonObject(call) ? (call['function'] ?? call['custom'] ?? call) : call;
    if (!isJsonObject(asked)) return { name: 'tool', input: toText(asked) };
    return {
      name: toText(asked['name'] ?? 'tool'),
      input: toText(asked['arguments'] ?? asked['input'] ?? ''),
    };
  });
}

function partText(part: JsonValue): string {
  if (!isJsonObject(part)) return toText(part);
  const { text, type } = part;
  if (typeof text === 'string') return text;
  return typeof type === 'string' ? `[${type}]` : toText(part);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
