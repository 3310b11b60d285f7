/** What came of a tool call. */
export const TOOL_OUTCOMES = ['success', 'failure', 'partial', 'timeout', 'cancelled'] as const;
/** One of {@link TOOL_OUTCOMES}. */
export type ToolOutcomeKind = (typeof TOOL_OUTCOMES)[number];

/** Whether the outcome counts as a failure: a timeout does, a partial result and a call that was taken back do not. */
export function isFailure(outcome: ToolOutcomeKind): boolean {
  return outcome === 'failure' || outcome === 'timeout';
}
