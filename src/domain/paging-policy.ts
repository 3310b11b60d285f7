import type { PageLevel } from './page.ts';

/** Why a page was faulted in. */
export const FAULT_REASONS = [
  'user_requested_recall',
  'resolve_reference',
  'tool_prereq',
  'speculative',
] as const;
/** One of {@link FAULT_REASONS}. */
export type FaultReason = (typeof FAULT_REASONS)[number];

/** How sure a fault has to be: `explicit` takes what the user asked for, `referenced` what is needed, `speculative` anything. */
export const FAULT_CONFIDENCES = ['explicit', 'referenced', 'speculative'] as const;
/** One of {@link FAULT_CONFIDENCES}. */
export type FaultConfidence = (typeof FAULT_CONFIDENCES)[number];

/** How much a model is told of its memory: all rules, few rules, nothing. */
export const VM_MODES = ['strict', 'relaxed', 'passive'] as const;
/** One of {@link VM_MODES}. */
export type VmMode = (typeof VM_MODES)[number];

/** Who loads pages: the model by tool calls, the library before the call, or both. */
export const PAGING_MODES = ['model', 'runtime', 'hybrid'] as const;
/** One of {@link PAGING_MODES}. */
export type PagingMode = (typeof PAGING_MODES)[number];

/** What a model may load in one turn. The numbers that it is told are these. */
export interface FaultPolicy {
  /** Faults that load something. */
  readonly maxFaultsPerTurn: number;
  /** Tokens of all faults of a turn together. */
  readonly maxFaultTokensPerTurn: number;
  /** Calls that fail, so that ids cannot be guessed without end. */
  readonly maxFailedFaultsPerTurn: number;
  readonly confidence: FaultConfidence;
  /** Levels to try, the best first; what does not fit at one is given at the next. */
  readonly preferLevels: readonly PageLevel[];
}

/** Used where nothing else is said. */
export const DEFAULT_FAULT_POLICY: FaultPolicy = {
  maxFaultsPerTurn: 3,
  maxFaultTokensPerTurn: 8_192,
  maxFailedFaultsPerTurn: 8,
  confidence: 'referenced',
  preferLevels: [2, 1, 0],
};

/** What is left of a {@link FaultPolicy} in this turn. */
export interface FaultQuota {
  readonly faultsRemaining: number;
  readonly tokensRemaining: number;
  readonly failuresRemaining: number;
}
