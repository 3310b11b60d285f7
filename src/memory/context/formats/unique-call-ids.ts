import { CallIds } from '../../call-id.ts';
import type { AssistantMessage, ChatMessage, ToolMessage } from '../../chat-message.ts';

/**
 * The messages with ids of tool calls that no two calls share, for interfaces that refuse a request with an id that comes twice. The
 * first call of an id keeps it, and results go with the call before them.
 */
export function withUniqueCallIds(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const ids = new CallIds();
  let given = new Map<string, string[]>();
  const ofCalls = (message: AssistantMessage): AssistantMessage => {
    const { tool_calls: calls = [] } = message;
    if (calls.length === 0) return message;
    given = new Map();
    const renamed = calls.map((call) => {
      const id = ids.take(call.id);
      given.set(call.id, [...(given.get(call.id) ?? []), id]);
      return { ...call, id };
    });
    return { ...message, tool_calls: renamed };
  };
  const ofResult = (message: ToolMessage): ToolMessage => {
    const names = given.get(message.tool_call_id) ?? [];
    const id = names.length > 1 ? names.shift() : names[0];
    return id === undefined ? message : { ...message, tool_call_id: id };
  };
  return messages.map((message) => {
    if (message.role === 'assistant') return ofCalls(message);
    return message.role === 'tool' ? ofResult(message) : message;
  });
}
