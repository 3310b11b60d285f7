import { isJsonObject, type JsonObject, type JsonValue, toText } from '../domain/json.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { messageContent } from '../domain/session-event.ts';
import type { ToolState } from './tool-state.ts';
import type { ToolStateEvent } from './tool-state-event.ts';

/** The part of an event's metadata in which guards keep what they decided. */
export const GUARD_METADATA = 'guards';

/** What guards decided about a call, as it stands in the metadata of its event. */
export interface CallDecision {
  readonly verdict: string;
  /** The guards that had something to say, and their verdicts. */
  readonly findings: readonly { readonly guard: string; readonly verdict: string }[];
  readonly used: readonly string[];
  readonly isBound: boolean;
}

/**
 * What an event of a session's log means for the state of its tools: a message of the user starts a turn, a tool call is counted
 * and its result noted. Calls that were recorded without guards count the same.
 */
export function foldSessionEvent(state: ToolState, event: SessionEvent): readonly ToolStateEvent[] {
  if (event.type === 'tool_call') return callEvents(state, event);
  if (event.type !== 'message' || event.source !== 'user') return [];
  return [{ type: 'prompt-started', text: toText(messageContent(event.message)) }];
}

function callEvents(state: ToolState, event: SessionEvent): readonly ToolStateEvent[] {
  const { message, metadata, timestampMs: nowMs } = event;
  if (!isJsonObject(message)) return [];
  const toolName = message['tool'];
  if (typeof toolName !== 'string') return [];
  const args = message['arguments'];
  const argumentsOfCall = isJsonObject(args) ? args : {};
  const hasFailed = message['success'] === false;
  const decision = metadata[GUARD_METADATA];
  const isUngrounded = state.ungrounded.isUngrounded(toolName, argumentsOfCall);
  return [
    { type: 'values-used', names: usedNames(decision), usedIn: toolName },
    { type: 'call-started', toolName, isUngrounded },
    {
      type: 'call-finished',
      toolName,
      arguments: argumentsOfCall,
      result: resultOf(message, hasFailed),
      hasFailed,
      isBound: !hasFailed && (!isJsonObject(decision) || decision['isBound'] !== false),
      aliases: [],
      nowMs,
    },
  ];
}

function resultOf(message: JsonObject, hasFailed: boolean): JsonValue {
  const result = message['result'] ?? null;
  return hasFailed && result === null ? (message['error'] ?? null) : result;
}

function usedNames(decision: JsonValue | undefined): readonly string[] {
  const used = isJsonObject(decision) ? decision['used'] : undefined;
  return Array.isArray(used) ? used.filter((name) => typeof name === 'string') : [];
}
