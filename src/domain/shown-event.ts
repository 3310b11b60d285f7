import { assertNever } from './assert.ts';
import type { JsonValue } from './json.ts';
import {
  type ChatContent,
  toAnswerContent,
  toSystemText,
  toUserContent,
} from './message-content.ts';
import type { SessionEvent } from './session-event.ts';
import { declaredCalls, type ToolRequest, type ToolUse, toolUseOf } from './tool-call.ts';

/** What a prompt shows of an event: the same text is sent to a model and counted for the bill. */
export type ShownEvent =
  | { readonly kind: 'user'; readonly content: ChatContent }
  | { readonly kind: 'system'; readonly content: string }
  | {
      readonly kind: 'answer';
      readonly content: ChatContent | null;
      readonly calls: readonly ToolRequest[];
    }
  | { readonly kind: 'tool'; readonly use: ToolUse };

/** Tokens of what a prompt shows of an event, without the marks around messages. */
export interface ShownTokens {
  /** Of a message all it says and asks tools for, of a tool call what came of it. */
  readonly content: number;
  /** Names and arguments of tool calls; null for an event without any. */
  readonly calls: number | null;
}

/** What a prompt shows of an event; null for one that is neither a message nor a tool call. */
export function shownOf(
  event: Pick<SessionEvent, 'message' | 'source' | 'type'> &
    Partial<Pick<SessionEvent, 'metadata'>>,
): ShownEvent | null {
  const { message, source, type, metadata } = event;
  if (type === 'tool_call') return { kind: 'tool', use: toolUseOf(message, metadata) };
  if (type !== 'message') return null;
  switch (source) {
    case 'user':
      return { kind: 'user', content: toUserContent(message) };
    case 'system':
      return { kind: 'system', content: toSystemText(message) };
    case 'llm':
      return { kind: 'answer', content: toAnswerContent(message), calls: declaredCalls(message) };
    default:
      return assertNever(source);
  }
}

/** Counts what a prompt shows of an event, text by text, as a prompt is counted. */
export function countShown(
  shown: ShownEvent,
  countTokens: (content: JsonValue) => number,
): ShownTokens {
  switch (shown.kind) {
    case 'user':
    case 'system':
      return { content: countTokens(shown.content), calls: null };
    case 'answer': {
      const content = shown.content === null ? 0 : countTokens(shown.content);
      if (shown.calls.length === 0) return { content, calls: null };
      const calls = shown.calls.reduce((sum, call) => sum + countCall(call, countTokens), 0);
      return { content: content + calls, calls };
    }
    case 'tool': {
      const { outcome } = shown.use;
      return {
        content: outcome === null ? 0 : countTokens(outcome.content),
        calls: countCall(shown.use, countTokens),
      };
    }
    default:
      return assertNever(shown);
  }
}

function countCall(call: ToolRequest, countTokens: (content: JsonValue) => number): number {
  return countTokens(call.name) + countTokens(call.arguments);
}
