import { type ChatMessage, type ChatToolCall, MISSING_RESULT } from './chat-message.ts';

/** The ids of the calls of an answer with its results, those that may go first before others: those that wait, then the oldest. */
export function callsInLeavingOrder(messages: readonly ChatMessage[]): readonly string[] {
  const answered = new Set(
    messages.flatMap((message) =>
      message.role === 'tool' && message.content !== MISSING_RESULT ? [message.tool_call_id] : [],
    ),
  );
  const ids = messages.flatMap(callsOf).map(({ id }) => id);
  return [...ids.filter((id) => !answered.has(id)), ...ids.filter((id) => answered.has(id))];
}

/** A message of an answer or its results as far as it tells of some calls; null for the result of another. */
export function tellingCalls(
  message: ChatMessage,
  callIds: ReadonlySet<string>,
): ChatMessage | null {
  if (message.role === 'tool') return callIds.has(message.tool_call_id) ? message : null;
  if (message.role !== 'assistant' || message.tool_calls === undefined) return message;
  return { ...message, tool_calls: callsOf(message).filter(({ id }) => callIds.has(id)) };
}

function callsOf(message: ChatMessage): readonly ChatToolCall[] {
  return message.role === 'assistant' ? (message.tool_calls ?? []) : [];
}
