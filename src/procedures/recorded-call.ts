import type { ToolOutcomeKind } from './tool-outcome.ts';

/** A call to be remembered. */
export interface RecordedCall {
  readonly toolName: string;
  readonly arguments?: unknown;
  readonly result?: unknown;
  readonly outcome: ToolOutcomeKind;
  /** What the user wanted. */
  readonly contextGoal?: string | undefined;
  /** A word for the kind of failure; default the class that its text tells. */
  readonly errorType?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly executionTimeMs?: number | undefined;
  readonly precedingCallId?: string | undefined;
}
