import { isFull } from './budget-guard.ts';
import type { BudgetStatus } from './budget-guard.ts';
import { ALLOWED } from './guard-result.ts';
import type { GuardResult } from './guard-result.ts';
import type { ToolState } from './tool-state.ts';

/** Whether a conversation should stop calling tools, and why. */
export interface RunawayStatus {
  readonly shouldStop: boolean;
  readonly reason: string | null;
  readonly isBudgetExhausted: boolean;
  readonly isDegenerate: boolean;
  readonly isSaturated: boolean;
  readonly isRepeating: boolean;
  /** Calls of the kind in question that are left. */
  readonly callsRemaining: number;
}

/** Judges by the latest series of numbers, then by the budget of a tool's kind, if one is named, then by that of all calls. */
export function judgeRunaway(state: ToolState, toolName: string | undefined): RunawayStatus {
  const budget = state.budget.status();
  const kind = toolName === undefined ? null : kindOf(state, toolName);
  const callsRemaining = remainingCalls(budget, kind);
  const found = state.runaway.checkLatest();
  if (found.verdict === 'block') return runawayStatus(found, callsRemaining);
  const full = ([kind ?? 'total', 'total'] as const).find((name) => isFull(budget[name]));
  const idle = runawayStatus(ALLOWED, callsRemaining);
  if (full === undefined) return idle;
  const reason = state.budget.exhaustedText(full);
  return { ...idle, shouldStop: true, reason, isBudgetExhausted: true };
}

/** What to tell a model in one line: the most certain reason first. */
export function runawayMessage(status: RunawayStatus): string {
  if (!status.shouldStop) return '';
  if (status.isBudgetExhausted)
    return `Tool budget used up; calls remaining: ${status.callsRemaining}.`;
  if (status.isDegenerate)
    return 'Outputs are degenerate (0, 1 or repeating); more calls give nothing new.';
  if (status.isSaturated)
    return 'Values have reached machine precision (saturation); more calls give nothing new.';
  return status.reason ?? 'Tool calls should stop, for an unknown reason.';
}

function runawayStatus(found: GuardResult, callsRemaining: number): RunawayStatus {
  const shouldStop = found.verdict === 'block';
  const pattern = found.details['pattern'];
  return {
    shouldStop,
    reason: shouldStop ? found.reason : null,
    isBudgetExhausted: false,
    isDegenerate: pattern === 'degenerate',
    isSaturated: pattern === 'saturation',
    isRepeating: pattern === 'repeat',
    callsRemaining,
  };
}

function remainingCalls(status: BudgetStatus, kind: 'discovery' | 'execution' | null): number {
  const total = status.total.limit - status.total.used;
  const own = kind === null ? total : status[kind].limit - status[kind].used;
  return Math.max(0, Math.min(total, own));
}

function kindOf(state: ToolState, toolName: string): 'discovery' | 'execution' {
  return state.classify(toolName).isDiscovery ? 'discovery' : 'execution';
}
