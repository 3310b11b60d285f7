import { assertNever } from '../domain/assert.ts';
import type { ChatContent } from '../domain/message-content.ts';
import { type AssistantTurn, toTurns, type TranscriptEvent, type Turn } from './transcript.ts';

/** A tool call inside an assistant message. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    /** JSON text of an object. */
    readonly arguments: string;
  };
}

/** What an assistant message looks like; `tool_calls` is never empty. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: ChatContent | null;
  readonly tool_calls?: readonly ChatToolCall[];
}

/** The result of one tool call of the assistant message before it. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly tool_call_id: string;
  readonly name: string;
  readonly content: string;
}

/** One message of a prompt, in the form of OpenAI's chat interface. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: ChatContent }
  | AssistantMessage
  | ToolMessage;

/**
 * What a tool message says when no result was recorded for its call: a process may have died in the middle of it, and another one may be at
 * work on it. Sessions count eight tokens for it, so that is how long it is.
 */
export const MISSING_RESULT = 'Result unknown. It may have run.';

/**
 * Recorded events as messages in the order of the log, see {@link toTurns} for how tool calls find their place. What the user
 * said has the role `user`, what a model said `assistant`, and what the system said `system`, wherever it stands. Summaries
 * are not shown here; they stand for segments that are not shown either.
 */
export function renderEvents(events: Iterable<TranscriptEvent>): readonly ChatMessage[] {
  return renderTurns(toTurns(events));
}

/** Turns as messages: each assistant message is followed at once by one result for each of its calls. */
export function renderTurns(turns: Iterable<Turn>): readonly ChatMessage[] {
  return Array.from(turns, toMessages).flat();
}

function toMessages(turn: Turn): readonly ChatMessage[] {
  switch (turn.kind) {
    case 'user':
      return [{ role: 'user', content: turn.content }];
    case 'system':
      return [{ role: 'system', content: turn.content }];
    case 'assistant':
      return [toAssistantMessage(turn), ...toToolMessages(turn)];
    default:
      return assertNever(turn);
  }
}

function toAssistantMessage({ content, calls }: AssistantTurn): ChatMessage {
  // Only a message that calls tools may have no content.
  if (calls.length === 0) return { role: 'assistant', content: content ?? '' };
  const toolCalls = calls.map((call): ChatToolCall => {
    const called = { name: call.name, arguments: call.arguments };
    return { id: call.id, type: 'function', function: called };
  });
  return { role: 'assistant', content, tool_calls: toolCalls };
}

function toToolMessages({ calls }: AssistantTurn): readonly ChatMessage[] {
  return calls.map(({ id, name, outcome }) => {
    const content = outcome === null ? MISSING_RESULT : outcome.content;
    return { role: 'tool', tool_call_id: id, name, content };
  });
}
