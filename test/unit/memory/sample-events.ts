import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type { ChatMessage } from '../../../src/memory/chat-message.ts';
import { contentText } from '../../../src/domain/message-content.ts';
import type { PromptCounting } from '../../../src/memory/message-tokens.ts';
import type { PromptEvent } from '../../../src/memory/prompt-view.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';

const NO_EXTRAS = { metadata: {}, parentEventId: null };

/** What a user said. */
export function asked(id: string, message: JsonValue): PromptEvent {
  return { ...NO_EXTRAS, id, message, source: 'user', type: 'message' };
}

/** What a model answered. */
export function answered(id: string, message: JsonValue): PromptEvent {
  return { ...NO_EXTRAS, id, message, source: 'llm', type: 'message' };
}

/** An answer that asks for tool calls, each `[call id, tool name]`. */
export function called(
  id: string,
  calls: readonly (readonly [string, string])[],
  content: JsonValue = null,
): PromptEvent {
  const toolCalls = calls.map(([callId, name]) => ({
    id: callId,
    type: 'function',
    function: { name, arguments: '{}' },
  }));
  return answered(id, { role: 'assistant', content, tool_calls: toolCalls });
}

/** What the system said. */
export function noted(id: string, message: JsonValue): PromptEvent {
  return { ...NO_EXTRAS, id, message, source: 'system', type: 'message' };
}

/** A tool call that worked. */
export function used(id: string, tool: string, extras: JsonObject = {}): PromptEvent {
  const message = { tool, arguments: {}, result: `result of ${id}`, error: null, success: true };
  return {
    ...NO_EXTRAS,
    id,
    message: { ...message, ...extras },
    source: 'system',
    type: 'tool_call',
  };
}

/** A tool-call event with any message. */
export function toolEvent(id: string, message: JsonValue): PromptEvent {
  return { ...NO_EXTRAS, id, message, source: 'system', type: 'tool_call' };
}

/** A summary about another event. */
export function summed(id: string, message: JsonValue, parentEventId: string | null): PromptEvent {
  return { ...NO_EXTRAS, id, message, source: 'system', type: 'summary', parentEventId };
}

/** Counting by estimate, which needs no vocabulary. */
export function estimating(): PromptCounting {
  return { counter: createTokenCounter({ mode: 'estimate' }), model: 'gpt-4o' };
}

/** Words of which each is about one token. */
export function words(count: number, word = 'word'): string {
  return Array.from({ length: count }, () => word).join(' ');
}

/** What a message says, as one text. */
export function textOf(message: ChatMessage | undefined): string {
  return contentText(message?.content ?? null);
}
