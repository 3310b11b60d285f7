import { CallIds } from '../../call-id.ts';
import type { CallIdRule } from '../../call-id-rule.ts';
import type { AssistantMessage, ChatMessage, ToolMessage } from '../../chat-message.ts';

/**
 * The messages with ids of tool calls that an interface takes and no two calls share, since one that comes twice is refused as well. An id
 * that fits stays with the first call that has it, and results go with the call before them.
 */
export function withUniqueCallIds(
  messages: readonly ChatMessage[],
  rule: CallIdRule,
): readonly ChatMessage[] {
  const ids = new CallIds(rule);
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
    const named = names.length > 1 ? names.shift() : names[0];
    return { ...message, tool_call_id: named ?? ids.fitting(message.tool_call_id) };
  };
  return messages.map((message) => {
    if (message.role === 'assistant') return ofCalls(message);
    return message.role === 'tool' ? ofResult(message) : message;
  });
}
