import type { JsonObject } from '../domain/json.ts';
import type { ArgumentDelta } from './argument-delta.ts';
import { compactDelta, longText } from './argument-delta.ts';
import type { ErrorClass } from './error-class.ts';
import { isFailure } from './tool-outcome.ts';
import type { ToolOutcomeKind } from './tool-outcome.ts';

/** One call in the log of a {@link ToolMemoryManager}. */
export interface ToolLogEntry {
  /** `call-0001`, `call-0002`, and so on. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly toolName: string;
  /** Secrets taken out, long values cut. */
  readonly arguments: JsonObject;
  /** Stands for the arguments as they were. */
  readonly argumentsHash: string;
  /** What the user wanted. */
  readonly contextGoal: string | null;
  readonly precedingCallId: string | null;
  readonly outcome: ToolOutcomeKind;
  readonly resultSummary: string;
  readonly resultType: string;
  readonly executionTimeMs: number | null;
  /** The caller's word for the kind of failure, else its class. */
  readonly errorType: string | null;
  readonly errorClass: ErrorClass | null;
  readonly errorMessage: string | null;
  /** The call that succeeded after this one had failed. */
  readonly fixedBy: string | null;
  /** Failures that this call put right, the latest first. */
  readonly fixFor: readonly string[];
  /** What was different from the latest of them. */
  readonly deltaArguments: ArgumentDelta | null;
  /** The failure that this call was a repetition of, with the same arguments, and with success. */
  readonly retryOf: string | null;
}

/** Whether the call failed. */
export function hasFailed({ outcome }: ToolLogEntry): boolean {
  return isFailure(outcome);
}

/** Whether a failure was put right later. */
export function wasFixed({ fixedBy }: ToolLogEntry): boolean {
  return fixedBy !== null;
}

/** Whether the call put a failure right. */
export function isFix({ fixFor }: ToolLogEntry): boolean {
  return fixFor.length > 0;
}

/** The call in a line. */
export function entryLine(entry: ToolLogEntry): string {
  return `${mark(entry)} ${entry.toolName}: ${entry.resultSummary}`;
}

/** The call without its name, with its arguments if they are wanted, and with what it has to do with fixes. */
export function entryLines(
  entry: ToolLogEntry,
  options: { readonly withArguments?: boolean } = {},
): string {
  const lines = [`${mark(entry)} ${entry.resultSummary}`];
  const args = Object.entries(entry.arguments).map(([key, value]) => `${key}=${longText(value)}`);
  if (options.withArguments === true && args.length > 0) lines.push(`    args: ${args.join(', ')}`);
  const { deltaArguments, fixFor, fixedBy } = entry;
  if (deltaArguments !== null) {
    lines.push(`    (fixes ${fixFor.join(', ')}: ${compactDelta(deltaArguments)})`);
  }
  if (fixedBy !== null) lines.push(`    (fixed by ${fixedBy})`);
  return lines.join('\n');
}

/** `✓` for a success, `✗` for everything else. */
export function mark({ outcome }: ToolLogEntry): string {
  return outcome === 'success' ? '[✓]' : '[✗]';
}
