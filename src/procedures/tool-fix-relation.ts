import type { ArgumentDelta } from './argument-delta.ts';

/** A failure and the success that put it right. */
export interface ToolFixRelation {
  readonly toolName: string;
  readonly failedCallId: string;
  readonly successCallId: string;
  readonly deltaArguments: ArgumentDelta;
}
