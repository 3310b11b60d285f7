import type { JsonObject, JsonValue } from '../domain/json.ts';
import { toText } from '../domain/json.ts';
import { toldText } from '../domain/tool-call.ts';
import type { GuardFinding } from '../guards/guard-report.ts';
import type { ErrorClass } from '../procedures/error-class.ts';

/**
 * What became of a call. `blocked`: guards refused it, and it did not run. `unknown`: a tool that changes something may have done so,
 * since nobody waited for its end, or its connection was lost; or it may have run before, and was not run again.
 */
export const TOOL_RESULT_STATUSES = ['succeeded', 'failed', 'blocked', 'unknown'] as const;
/** One of {@link TOOL_RESULT_STATUSES}. */
export type ToolResultStatus = (typeof TOOL_RESULT_STATUSES)[number];

/** A call and what came of it. */
export interface ToolResult {
  /** The model's id of the call; null when it has none. */
  readonly callId: string | null;
  readonly toolName: string;
  /** Those that the tool was called with, or would have been. */
  readonly arguments: JsonObject;
  readonly status: ToolResultStatus;
  /** What the tool gave; null unless it succeeded. What is told again from the log is what is shown. */
  readonly value: JsonValue;
  /** What is recorded, and told to the model, instead of a value that is too long; else the value. */
  readonly shown: JsonValue;
  /** Why there is no value, for the model; null when it succeeded. */
  readonly error: string | null;
  readonly errorClass: ErrorClass | null;
  /** Times that the tool was asked. */
  readonly attempts: number;
  readonly durationMs: number;
  /** Whether an earlier call of the session had the value already. */
  readonly isCached: boolean;
  /** Whether this very call was recorded before, and is only told again. */
  readonly isRepeated: boolean;
  /** What guards had to say. */
  readonly findings: readonly GuardFinding[];
  /** The name of the value, such as `v3`; null when it has none. */
  readonly bindingId: string | null;
  /** Where a long value is kept whole; null when it is in the result. */
  readonly storedAs: StoredValue | null;
  /** What is known of such failures from earlier calls; null when that is nothing. */
  readonly suggestion: string | null;
  /** The event of the call in the session's log; null when it was not recorded. */
  readonly eventId: string | null;
}

/** Where a value is kept that is too long for a message. */
export type StoredValue =
  | { readonly kind: 'page'; readonly pageId: string; readonly length: number }
  | { readonly kind: 'artifact'; readonly artifactId: string; readonly length: number };

/** The text that a model is answered with, in which data of pictures and files are named. */
export function resultText(result: ToolResult): string {
  const { status, shown, error, suggestion } = result;
  if (status === 'succeeded') return toldText(shown);
  // In the form in which later prompts of the session tell it, so that a provider finds what it cached.
  const told = { error: error ?? status, details: null };
  return toText(suggestion === null ? told : { ...told, suggestion });
}
