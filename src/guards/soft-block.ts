import type { JsonObject } from '../domain/json.ts';

/** Why a call was stopped in a way that it can be put right. */
export const SOFT_BLOCK_REASONS = [
  'ungrounded_args',
  'missing_refs',
  'budget_exhausted',
  'per_tool_limit',
  'missing_dependency',
] as const;
/** One of {@link SOFT_BLOCK_REASONS}. */
export type SoftBlockReason = (typeof SOFT_BLOCK_REASONS)[number];

/** What puts a stopped call right. */
export const REPAIR_ACTIONS = [
  'rebind_from_existing',
  'compute_missing',
  'rewrite_call',
  'ask_user',
] as const;
/** One of {@link REPAIR_ACTIONS}. */
export type RepairAction = (typeof REPAIR_ACTIONS)[number];

/** A call that was stopped and may be put right. */
export interface SoftBlock {
  readonly reason: SoftBlockReason;
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly message: string;
  readonly repairAttempts: number;
  readonly maxRepairs: number;
}

/** What came of an attempt to put a call right. */
export interface RepairOutcome {
  readonly isRepaired: boolean;
  /** The call's arguments with references in the place of bare numbers; null when it was not repaired. */
  readonly arguments: JsonObject | null;
  readonly nextAction: RepairAction;
  /** For the model; empty when it was repaired. */
  readonly message: string;
}

const MAX_REPAIRS = 3;

/** A stopped call with nothing tried yet. */
export function createSoftBlock(
  reason: SoftBlockReason,
  parts: Partial<Omit<SoftBlock, 'reason'>> = {},
): SoftBlock {
  return {
    reason,
    toolName: '',
    arguments: {},
    message: '',
    repairAttempts: 0,
    maxRepairs: MAX_REPAIRS,
    ...parts,
  };
}

/** Whether another attempt is left. */
export function canRepair({ repairAttempts, maxRepairs }: SoftBlock): boolean {
  return repairAttempts < maxRepairs;
}

/** What to try: values that are there, else to compute what is missing, else to ask; after a failed attempt, to rewrite the call. */
export function nextRepairAction({ reason, repairAttempts }: SoftBlock): RepairAction {
  if (reason === 'ungrounded_args')
    return repairAttempts === 0 ? 'rebind_from_existing' : 'rewrite_call';
  if (reason === 'missing_refs' || reason === 'missing_dependency') return 'compute_missing';
  return 'ask_user';
}
