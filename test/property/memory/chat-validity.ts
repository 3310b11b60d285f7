import type { ChatMessage } from '../../../src/memory/chat-message.ts';

/** What OpenAI's chat interface would refuse in a list of messages; empty when it takes it. */
export function chatProblems(messages: readonly ChatMessage[]): readonly string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) problems.push(`${index}: a result without a call`);
      if (typeof message.content !== 'string') problems.push(`${index}: a result that is no text`);
      continue;
    }
    if (open.size > 0) problems.push(`${index}: calls without results before it`);
    open = new Set();
    if (message.role === 'assistant') problems.push(...assistantProblems(message, index, open));
    else problems.push(...contentProblems(message.content, index));
  }
  if (open.size > 0) problems.push('calls without results at the end');
  return problems;
}

function assistantProblems(
  message: Extract<ChatMessage, { readonly role: 'assistant' }>,
  index: number,
  open: Set<string>,
): readonly string[] {
  const problems: string[] = [];
  const calls = message.tool_calls;
  if (calls === undefined) return contentProblems(message.content, index);
  if (calls.length === 0) problems.push(`${index}: an empty list of calls`);
  for (const call of calls) {
    if (open.has(call.id)) problems.push(`${index}: two calls with one id`);
    open.add(call.id);
    if (!/^[\w-]{1,64}$/.test(call.function.name)) problems.push(`${index}: a bad function name`);
    const input: unknown = JSON.parse(call.function.arguments);
    if (typeof input !== 'object' || input === null) problems.push(`${index}: bad arguments`);
  }
  return message.content === null
    ? problems
    : [...problems, ...contentProblems(message.content, index)];
}

function contentProblems(content: unknown, index: number): readonly string[] {
  if (typeof content === 'string') return [];
  if (!Array.isArray(content) || content.length === 0) return [`${index}: bad content`];
  return content.every((part) => typeof part?.type === 'string') ? [] : [`${index}: a bad part`];
}
