import { GUARD_METADATA, notedFailure } from '../domain/guard-note.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { messageText } from '../domain/message-content.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { withCallFacts } from './call-facts.ts';
import type { ToolState } from './tool-state.ts';
import type { CallFinished, ToolStateEvent } from './tool-state-event.ts';

/** What guards decided about a call, as it stands in the metadata of its event. */
export interface CallDecision {
  readonly verdict: string;
  /** The guards that had something to say, and their verdicts. */
  readonly findings: readonly { readonly guard: string; readonly verdict: string }[];
  readonly used: readonly string[];
  readonly isBound: boolean;
  /** Whether an earlier result answered it; not there where none did. */
  readonly isReused?: boolean;
  /** False for a call that could not be read, and so never ran; not there for any other. */
  readonly hasRun?: boolean;
  /** How many writes were known when it began; there for reads whose results may be reused. */
  readonly writesBefore?: number;
  /** Whether what it gave says that it failed; not there where it says nothing of the kind. */
  readonly hasFailed?: boolean;
  /** Stands for the value where the result that is recorded is a reference to it. */
  readonly resultDigest?: string;
}

/** What an event of a session's log is folded into. */
export interface SessionFold {
  readonly state: ToolState;
  readonly note: (change: ToolStateEvent) => void;
}

/**
 * Notes what an event of a session's log means for the state of its tools: a message of the user starts a turn, a tool call is
 * counted and its result noted. Calls that were recorded without guards count the same; those that guards refused, or that nobody
 * could read, did not run, and count for nothing.
 */
export function foldSessionEvent(event: SessionEvent, fold: SessionFold): void {
  if (event.type === 'tool_call') foldCall(event, fold);
  else if (event.type === 'message' && event.source === 'user')
    fold.note({ type: 'prompt-started', text: messageText(event) });
}

function foldCall(
  { message, metadata, timestampMs: nowMs }: SessionEvent,
  { state, note }: SessionFold,
): void {
  if (!isJsonObject(message)) return;
  const toolName = message['tool'];
  if (typeof toolName !== 'string') return;
  const guards = metadata[GUARD_METADATA];
  const decision = isJsonObject(guards) ? guards : {};
  if (decision['verdict'] === 'block' || decision['hasRun'] === false) return;
  const args = message['arguments'];
  const argumentsOfCall = isJsonObject(args) ? args : {};
  const failure = failureOf(message, metadata);
  const { hasFailed } = failure;
  const isReused = !hasFailed && decision['isReused'] === true;
  const { writesBefore, resultDigest } = decision;
  const finished: CallFinished = {
    type: 'call-finished',
    toolName,
    arguments: argumentsOfCall,
    result: resultOf(message, hasFailed),
    ...failure,
    isBound: !hasFailed && decision['isBound'] !== false,
    aliases: [],
    isReused,
    ...(typeof writesBefore === 'number' ? { writesBefore } : {}),
    ...(typeof resultDigest === 'string' ? { resultDigest } : {}),
    nowMs,
  };
  withCallFacts(argumentsOfCall, () => {
    const isUngrounded = state.ungrounded.isUngrounded(toolName, argumentsOfCall);
    const names = usedNames(decision);
    if (names.length > 0) note({ type: 'values-used', names, usedIn: toolName });
    note({ type: 'call-started', toolName, isUngrounded });
    if (isReused) note({ type: 'result-reused', toolName, arguments: argumentsOfCall, nowMs });
    note(finished);
  });
}

function failureOf(
  { success }: JsonObject,
  metadata: JsonObject,
): Pick<CallFinished, 'hasFailed' | 'isTold'> {
  if (success === false) return { hasFailed: true };
  return notedFailure(metadata) === true ? { hasFailed: true, isTold: true } : { hasFailed: false };
}

function resultOf(message: JsonObject, hasFailed: boolean): JsonValue {
  const result = message['result'] ?? null;
  return hasFailed && result === null ? (message['error'] ?? null) : result;
}

function usedNames(decision: JsonObject): readonly string[] {
  const used = decision['used'];
  return Array.isArray(used) ? used.filter((name) => typeof name === 'string') : [];
}
