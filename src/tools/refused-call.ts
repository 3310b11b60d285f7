import type { GuardReport } from '../guards/guard-report.ts';
import { guardResult } from '../guards/guard-result.ts';
import type { ErrorClass } from '../procedures/error-class.ts';
import type { AskedToolCall } from './asked-tool-call.ts';
import type { ToolResult } from './tool-result.ts';

/** What is said of a call whose form is wrong, so that no guard is asked: it is told as one that failed. */
export function formReport({ toolName, arguments: args, problem }: AskedToolCall): GuardReport {
  const reason = problem ?? '';
  return {
    toolName,
    verdict: 'warn',
    findings: [{ guard: 'format', result: guardResult('warn', reason) }],
    reason,
    arguments: args,
    used: [],
    isUngrounded: false,
    repairedArguments: null,
  };
}

/** The result of a call that did not run. */
export function notRun(
  call: Pick<AskedToolCall, 'callId' | 'toolName' | 'arguments'>,
  why: {
    readonly status: 'failed' | 'blocked' | 'unknown';
    readonly error: string;
    readonly errorClass: ErrorClass | null;
    readonly report?: GuardReport;
  },
): ToolResult {
  const { status, error, errorClass, report } = why;
  return {
    callId: call.callId,
    toolName: call.toolName,
    arguments: call.arguments,
    status,
    value: null,
    shown: null,
    error,
    errorClass,
    attempts: 0,
    durationMs: 0,
    isCached: false,
    isRepeated: false,
    findings: report?.findings ?? [],
    bindingId: null,
    storedAs: null,
    suggestion: null,
    eventId: null,
  };
}

/** The result of a call that may have run, and is not run again since that might do harm. */
export function notRunAgain(call: AskedToolCall): ToolResult {
  const error =
    'This call may have run before, and what came of it was not recorded. It was not run again.';
  return notRun(call, { status: 'unknown', error, errorClass: null });
}
