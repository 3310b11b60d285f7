import type { ToolLogEntry } from './tool-log-entry.ts';
import { isFix, wasFixed } from './tool-log-entry.ts';
import type { ToolOutcomeKind } from './tool-outcome.ts';

/** Which calls to find; all that is given has to hold. */
export interface CallFilter {
  readonly toolName?: string | undefined;
  /** A part of the goal, in any case. */
  readonly goalContains?: string | undefined;
  readonly outcome?: ToolOutcomeKind | undefined;
  readonly errorType?: string | undefined;
  readonly onlyFixes?: boolean | undefined;
  readonly onlyFixed?: boolean | undefined;
  /** Default 10; 0 for none. */
  readonly limit?: number | undefined;
}

/** Whether all of the filter holds for a call. */
export function passesFilter(entry: ToolLogEntry, filter: CallFilter): boolean {
  const { toolName, outcome, errorType } = filter;
  const wanted = [
    [toolName, entry.toolName],
    [outcome, entry.outcome],
    [errorType, entry.errorType],
  ] as const;
  if (wanted.some(([value, own]) => value !== undefined && value !== own)) return false;
  if (filter.onlyFixes === true && !isFix(entry)) return false;
  if (filter.onlyFixed === true && !wasFixed(entry)) return false;
  return holds(entry.contextGoal, filter.goalContains);
}

function holds(goal: string | null, part: string | undefined): boolean {
  if (part === undefined) return true;
  return goal !== null && goal.toLowerCase().includes(part.toLowerCase());
}
