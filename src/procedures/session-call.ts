import { GUARD_METADATA, notedFailure } from '../domain/guard-note.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import type { RecordedCall } from './recorded-call.ts';
import type { ToolOutcomeKind } from './tool-outcome.ts';

const OUTCOMES: Readonly<Record<string, ToolOutcomeKind>> = {
  timeout: 'timeout',
  cancelled: 'cancelled',
};

/** The word for failures that guards made of calls: which of them refused. */
export function refusalType(guards: readonly string[]): string {
  return `refused_by_${guards.join('_and_') || 'guards'}`;
}

/**
 * What a recorded tool call of a session's log says for the memory of tools; null for any other event. Calls that guards refused
 * are failures of their own kind: how they were put right is worth knowing. What was only told again teaches nothing.
 */
export function callOfEvent(event: SessionEvent, goal: string | null): RecordedCall | null {
  const { message, metadata, type } = event;
  if (type !== 'tool_call' || !isJsonObject(message)) return null;
  const toolName = message['tool'];
  if (typeof toolName !== 'string' || toolName === '') return null;
  const execution = objectIn(metadata, 'execution');
  if (execution['isCached'] === true) return null;
  const asked = {
    toolName,
    arguments: objectIn(message, 'arguments'),
    ...goalOf(textIn(metadata, 'goal') ?? goal),
    ...timeOf(execution['durationMs']),
  };
  const result = message['result'] ?? null;
  if (message['success'] !== false) {
    return { ...asked, result, outcome: notedFailure(metadata) === true ? 'failure' : 'success' };
  }
  const errorType = refusedBy(metadata) ?? textIn(execution, 'errorClass');
  return { ...asked, ...failureOf(errorType, textIn(message, 'error') ?? '') };
}

function goalOf(goal: string | null): { readonly contextGoal?: string } {
  return goal === null || goal === '' ? {} : { contextGoal: goal };
}

function failureOf(
  errorType: string | null,
  errorMessage: string,
): Pick<RecordedCall, 'outcome' | 'errorMessage' | 'errorType'> {
  if (errorType === null) return { outcome: 'failure', errorMessage };
  return { outcome: OUTCOMES[errorType] ?? 'failure', errorMessage, errorType };
}

function refusedBy(metadata: JsonObject): string | null {
  const told = textIn(metadata, 'refusal');
  if (told !== null) return told;
  const { verdict, findings } = objectIn(metadata, GUARD_METADATA);
  if (verdict !== 'block' || !isList(findings)) return null;
  const blocking = findings.filter((found) => isJsonObject(found) && found['verdict'] === 'block');
  const guards = blocking.map((found) => (isJsonObject(found) ? found['guard'] : null));
  return refusalType(guards.filter((guard) => typeof guard === 'string'));
}

function timeOf(durationMs: JsonValue | undefined): { readonly executionTimeMs?: number } {
  return typeof durationMs === 'number' && durationMs >= 0 ? { executionTimeMs: durationMs } : {};
}

function objectIn(holder: JsonObject, key: string): JsonObject {
  const value = holder[key];
  return isJsonObject(value) ? value : {};
}

function textIn(holder: JsonObject, key: string): string | null {
  const value = holder[key];
  return typeof value === 'string' ? value : null;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
