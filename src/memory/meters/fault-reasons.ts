import { FAULT_REASONS, type FaultReason } from '../../domain/paging-policy.ts';

/** How often pages were faulted in for a reason, and whether that is how it should be. */
export interface ReasonShare {
  readonly reason: FaultReason;
  readonly count: number;
  /** Of all faults; 0 before there are any. */
  readonly share: number;
  readonly verdict: 'good' | 'tolerable' | 'bad';
}

/** The share of faults that a reason should have. */
export interface ReasonRange {
  readonly min: number;
  readonly max: number;
  /** Below this it is bad. */
  readonly badBelow: number;
  /** Above this it is bad. */
  readonly badAbove: number;
}

/** What a healthy memory shows: people ask for what was said, and little is loaded on suspicion. */
export const REASON_RANGES: Readonly<Record<FaultReason, ReasonRange>> = {
  user_requested_recall: { min: 0.4, max: 0.6, badBelow: 0.2, badAbove: 1 },
  resolve_reference: { min: 0.2, max: 0.4, badBelow: 0, badAbove: 0.6 },
  tool_prereq: { min: 0.1, max: 0.2, badBelow: 0, badAbove: 0.4 },
  speculative: { min: 0, max: 0.1, badBelow: 0, badAbove: 0.2 },
};

/** The share of every reason, held against its range; all are good before there are faults. */
export function reasonShares(
  counts: Readonly<Record<FaultReason, number>>,
): readonly ReasonShare[] {
  const total = FAULT_REASONS.reduce((sum, reason) => sum + counts[reason], 0);
  return FAULT_REASONS.map((reason) => {
    const share = total === 0 ? 0 : counts[reason] / total;
    const verdict = total === 0 ? 'good' : verdictOf(share, REASON_RANGES[reason]);
    return { reason, count: counts[reason], share, verdict };
  });
}

function verdictOf(share: number, range: ReasonRange): ReasonShare['verdict'] {
  if (share < range.badBelow || share > range.badAbove) return 'bad';
  return share >= range.min && share <= range.max ? 'good' : 'tolerable';
}
