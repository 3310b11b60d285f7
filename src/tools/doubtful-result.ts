import type { ToolResult } from './tool-result.ts';
import type { ToolRun } from './tool-runner.ts';

/** Failures that leave open what a tool did that had begun. */
const DOUBTFUL: ReadonlySet<string> = new Set([
  'timeout',
  'cancelled',
  'connection',
  'server_error',
]);
const MAY_HAVE_WORKED = 'It may have taken effect all the same: look before it is done again.';

/**
 * A result of a tool that changes something: one that was not waited for to the end, whose connection was lost or whose server failed
 * on the way is not known to have failed.
 */
export function withDoubt(
  result: ToolResult,
  { failure, failedAttempts }: Pick<ToolRun, 'failure' | 'failedAttempts'>,
): ToolResult {
  if (result.attempts === 0 || failure === null) return result;
  const isDoubtful = DOUBTFUL.has(failure.errorClass) && !failure.isUnsent;
  // An attempt before the last one may have been the one that worked.
  const wasDoubtful = failedAttempts
    .slice(0, -1)
    .some(({ errorClass }) => DOUBTFUL.has(errorClass));
  if (!isDoubtful && !wasDoubtful) return result;
  return { ...result, status: 'unknown', error: `${failure.message} ${MAY_HAVE_WORKED}` };
}
