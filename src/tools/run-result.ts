import type { GuardReport } from '../guards/guard-report.ts';
import type { AskedToolCall } from './asked-tool-call.ts';
import { notRun } from './refused-call.ts';
import type { ToolResult } from './tool-result.ts';
import type { ToolRun } from './tool-runner.ts';

/** The result of a call that ran. */
export function toResult(
  call: AskedToolCall,
  report: GuardReport,
  run: Pick<ToolRun, 'value' | 'failure' | 'attempts' | 'durationMs'>,
): ToolResult {
  const { value, failure, attempts, durationMs } = run;
  const error = failure?.message ?? null;
  const errorClass = failure?.errorClass ?? null;
  const why = { status: 'failed', error: error ?? '', errorClass, report } as const;
  const status = failure === null ? 'succeeded' : 'failed';
  return { ...notRun(call, why), status, error, value, shown: value, attempts, durationMs };
}
