import type { FaultConfidence, FaultPolicy, FaultReason } from '../../domain/paging-policy.ts';
import type { VmToolErrorCode } from '../context/vm-tool-error.ts';

/** Why a fault is refused. */
export interface FaultRefusal {
  readonly kind: 'refused';
  readonly why: 'faults' | 'tokens' | 'failures' | 'reason';
  /** In words for a model. */
  readonly message: string;
}

/** What was used of a policy in one turn. */
export interface FaultUse {
  readonly faults: number;
  readonly tokens: number;
  /** Calls that gave nothing. */
  readonly failures: number;
}

/** The codes that a model is told refusals with. */
export const REFUSAL_CODES: Readonly<Record<FaultRefusal['why'], VmToolErrorCode>> = {
  faults: 'FAULT_LIMIT_EXCEEDED',
  tokens: 'TOKEN_BUDGET_EXCEEDED',
  failures: 'FAILURE_LIMIT_EXCEEDED',
  reason: 'REASON_NOT_ALLOWED',
};

/** Which reasons are good enough. */
const ACCEPTED: Readonly<Record<FaultConfidence, readonly FaultReason[]>> = {
  explicit: ['user_requested_recall'],
  referenced: ['user_requested_recall', 'resolve_reference', 'tool_prereq'],
  speculative: ['user_requested_recall', 'resolve_reference', 'tool_prereq', 'speculative'],
};

/**
 * Whether a policy refuses a fault of a model in a turn, and why; null when it may go on. Limits come first, so that who has reached
 * one is told that and nothing else; then the reason, then what the page takes.
 */
export function refuseFault(
  policy: FaultPolicy,
  used: FaultUse,
  { reason, tokens }: { readonly reason: FaultReason; readonly tokens: number },
): FaultRefusal | null {
  const { confidence, maxFaultsPerTurn, maxFailedFaultsPerTurn, maxFaultTokensPerTurn } = policy;
  if (used.faults >= maxFaultsPerTurn) {
    return refused('faults', `Fault limit exceeded (${maxFaultsPerTurn} per turn)`);
  }
  // Where none may fail, that is known once the first did.
  if (used.failures > 0 && used.failures >= maxFailedFaultsPerTurn) {
    return refused('failures', `Too many failed faults (${maxFailedFaultsPerTurn} per turn)`);
  }
  if (!ACCEPTED[confidence].includes(reason)) {
    return refused('reason', `Pages are not loaded for the reason ${reason}`);
  }
  const tokensLeft = maxFaultTokensPerTurn - used.tokens;
  if (tokens <= tokensLeft) return null;
  return refused(
    'tokens',
    `Fault limit exceeded: the page takes ${tokens} tokens, and ${tokensLeft} of ${maxFaultTokensPerTurn} per turn are left`,
  );
}

function refused(why: FaultRefusal['why'], message: string): FaultRefusal {
  return { kind: 'refused', why, message };
}
