import { reportsFailure } from '../domain/failure-report.ts';
import type { ToolResult, ToolResultStatus } from './tool-result.ts';

/** Figures about calls. */
export interface CallFigures {
  readonly calls: number;
  readonly succeeded: number;
  /** Those that told their failure as a result, too. */
  readonly failed: number;
  readonly blocked: number;
  readonly unknown: number;
  /** Calls that an earlier result answered. */
  readonly cached: number;
  /** Calls that were recorded before, and told again. */
  readonly repeated: number;
  /** Times that tools were asked again. */
  readonly retries: number;
  /** Successes over calls that ran or were answered; 0 when there are none. */
  readonly successRate: number;
}

/** No calls. */
export const NO_CALLS: CallFigures = {
  calls: 0,
  succeeded: 0,
  failed: 0,
  blocked: 0,
  unknown: 0,
  cached: 0,
  repeated: 0,
  retries: 0,
  successRate: 0,
};

/** The figures with one more call. */
export function withResult(figures: CallFigures, result: ToolResult): CallFigures {
  const status = countedStatus(result);
  const counted = {
    ...figures,
    calls: figures.calls + 1,
    [status]: figures[status] + 1,
    cached: figures.cached + (result.isCached ? 1 : 0),
    repeated: figures.repeated + (result.isRepeated ? 1 : 0),
    retries: figures.retries + (result.isRepeated ? 0 : Math.max(0, result.attempts - 1)),
  };
  const ended = counted.succeeded + counted.failed;
  return { ...counted, successRate: ended === 0 ? 0 : counted.succeeded / ended };
}

function countedStatus({ status, value }: ToolResult): ToolResultStatus {
  return status === 'succeeded' && reportsFailure(value) ? 'failed' : status;
}
