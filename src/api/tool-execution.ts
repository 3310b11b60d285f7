import { textDigest } from '../domain/canonical-json.ts';
import { reportsFailure } from '../domain/failure-report.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import type { RecordedEvent } from '../domain/session.ts';
import type { GuardReport } from '../guards/guard-report.ts';
import { knownErrorClass } from '../procedures/error-class.ts';
import type { FailedAttempt } from '../tools/tool-runner.ts';
import {
  type StoredValue,
  TOOL_RESULT_STATUSES,
  type ToolResult,
  type ToolResultStatus,
} from '../tools/tool-result.ts';
import type { ToolCallEnd } from './tool-call-end.ts';

/** The part of an event's metadata in which the processor keeps how a call was carried out. */
export const EXECUTION_METADATA = 'execution';

/** A call that ended, before it is recorded. */
export interface EndedCall {
  readonly operationId: string;
  readonly parentEventId: string;
  readonly report: GuardReport;
  readonly failedAttempts: readonly FailedAttempt[];
  /** False for a call that could not be read. */
  readonly hasRun?: boolean;
  /** All that is known without the log. */
  readonly result: ToolResult;
}

/** What is said of the execution beside the call and its result; `unkeptLength` is that of a value that is left to the record. */
export function executionNote(
  { result, failedAttempts }: EndedCall,
  unkeptLength: number | null = null,
): JsonObject {
  return {
    status: result.status,
    attempt: result.attempts,
    durationMs: result.durationMs,
    isCached: result.isCached,
    errorClass: result.errorClass,
    ...(failedAttempts.length === 0
      ? {}
      : { failedAttempts: failedAttempts.map((attempt) => ({ ...attempt })) }),
    ...(result.storedAs === null ? {} : { storedAs: { ...result.storedAs } }),
    ...(unkeptLength === null ? {} : { length: unkeptLength }),
    ...(result.suggestion === null ? {} : { suggestion: result.suggestion }),
  };
}

/** What is to be known of a value whose record is a reference to it. */
export function factsOf(value: JsonValue): Pick<ToolCallEnd, 'resultDigest' | 'hasFailed'> {
  const resultDigest = textDigest(JSON.stringify(value));
  return reportsFailure(value) ? { resultDigest, hasFailed: true } : { resultDigest };
}

/** The result that a recorded call tells; null for an event that is no such call. */
export function recordedResult(event: RecordedEvent): ToolResult | null {
  const note = event.metadata[EXECUTION_METADATA];
  return isJsonObject(note) ? toldResult(event, note) : null;
}

/**
 * The result of a call that somebody recorded who carried it out, or who says that it does not run; null for an event that is no such call,
 * or that a processor recorded.
 */
export function notedResult(event: RecordedEvent): ToolResult | null {
  const { message, metadata } = event;
  if (!isJsonObject(message) || metadata[EXECUTION_METADATA] !== undefined) return null;
  return toldResult(event, { status: textOf(message['error']) === null ? 'succeeded' : 'failed' });
}

function toldResult(event: RecordedEvent, note: JsonObject): ToolResult | null {
  const { message } = event;
  if (!isJsonObject(message)) return null;
  const args = message['arguments'];
  const value = message['result'] ?? null;
  const status = statusOf(note['status']);
  return {
    callId: textOf(message['callId']),
    toolName: textOf(message['tool']) ?? '',
    arguments: isJsonObject(args) ? args : {},
    status,
    value: status === 'succeeded' ? value : null,
    shown: status === 'succeeded' ? value : null,
    error: textOf(message['error']),
    errorClass: knownErrorClass(textOf(note['errorClass']) ?? ''),
    attempts: numberOf(note['attempt']),
    durationMs: numberOf(note['durationMs']),
    isCached: note['isCached'] === true,
    isRepeated: true,
    findings: [],
    bindingId: null,
    storedAs: storedValueOf(note['storedAs']) ?? archivedValue(event, note['length']),
    suggestion: textOf(note['suggestion']),
    eventId: event.id,
  };
}

function storedValueOf(stored: JsonValue | undefined): StoredValue | null {
  if (!isJsonObject(stored)) return null;
  const length = numberOf(stored['length']);
  const pageId = textOf(stored['pageId']);
  if (pageId !== null) return { kind: 'page', pageId, length };
  const artifactId = textOf(stored['artifactId']);
  return artifactId === null ? null : { kind: 'artifact', artifactId, length };
}

function archivedValue(
  { archive }: RecordedEvent,
  length: JsonValue | undefined,
): StoredValue | null {
  if (archive === undefined || typeof length !== 'number') return null;
  return { kind: 'artifact', artifactId: archive.artifactId, length };
}

function statusOf(status: JsonValue | undefined): ToolResultStatus {
  return TOOL_RESULT_STATUSES.find((known) => known === status) ?? 'failed';
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
