import { entryOf } from '../domain/entry-of.ts';

/** A part that stands for a text, in the forms of messages whose content is one. */
interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/**
 * An answer without what an interface wraps around it: of an OpenAI choice its message, of a Gemini candidate its content, and of a
 * list of the messages of an answer, as the AI SDK gives, the parts of all of them. Anything else as it is.
 */
export function unwrapAnswer(answer: unknown): unknown {
  if (Array.isArray(answer)) return isMessages(answer) ? answer.flatMap(partsOfMessage) : answer;
  const message = entryOf(answer, 'message');
  const isChoice =
    entryOf(answer, 'index') !== undefined || entryOf(answer, 'finish_reason') !== undefined;
  if (isChoice && entryOf(message, 'role') === 'assistant') return message;
  const content = entryOf(answer, 'content');
  return Array.isArray(entryOf(content, 'parts')) ? content : answer;
}

/** Whether a list is messages of an answer: what a model said, and what its tools gave back. */
function isMessages(list: readonly unknown[]): boolean {
  return (
    list.some((item) => entryOf(item, 'role') === 'assistant') &&
    list.every((item) => ['assistant', 'tool'].includes(String(entryOf(item, 'role'))))
  );
}

function partsOfMessage(message: unknown): readonly unknown[] {
  const content = entryOf(message, 'content');
  const callId = entryOf(message, 'tool_call_id');
  // OpenAI's messages of tools, whose content is the result.
  if (callId !== undefined) return [{ type: 'tool-result', toolCallId: callId }];
  const parts = typeof content === 'string' ? [textPart(content)] : listOf(content);
  return [
    ...parts,
    ...listOf(entryOf(message, 'parts')),
    ...listOf(entryOf(message, 'tool_calls')),
  ];
}

function textPart(text: string): TextPart {
  return { type: 'text', text };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
