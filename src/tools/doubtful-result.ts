import type { ToolResult } from './tool-result.ts';

/** Failures that leave open what a tool did that had begun. */
const DOUBTFUL: ReadonlySet<string> = new Set(['timeout', 'cancelled']);
const MAY_HAVE_WORKED = 'It may have taken effect all the same: look before it is done again.';

/** A result of a tool that changes something: one that was not waited for to the end is not known to have failed. */
export function withDoubt(result: ToolResult): ToolResult {
  const { attempts, errorClass, error } = result;
  if (attempts === 0 || errorClass === null || !DOUBTFUL.has(errorClass)) return result;
  return { ...result, status: 'unknown', error: `${error ?? ''} ${MAY_HAVE_WORKED}`.trim() };
}
