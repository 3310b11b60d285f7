import {
  MAX_WEIGHT,
  MAX_WINDOW_TURNS,
  POLICY_COLUMNS,
  POLICY_EVICT_HARD_TURNS,
  POLICY_EVICT_TURNS,
  POLICY_FAULT_HARD_TURNS,
  POLICY_FAULT_TURNS,
  POLICY_MODALITY_FACTOR,
  POLICY_TYPE_BONUS,
} from '../../../assembly/shared/layout.ts';
import { isWhole } from './page-facts-check.ts';

/** Whether the POLICY_… columns are an eviction policy. */
export function isPolicyValid(columns: Float64Array): boolean {
  for (let column = 0; column < POLICY_COLUMNS; column += 1) {
    const value = columns[column] ?? Number.NaN;
    const isTurns = column >= POLICY_FAULT_TURNS && column <= POLICY_EVICT_HARD_TURNS;
    if (isTurns && !isWhole(value, 0, MAX_WINDOW_TURNS)) return false;
    if (!(Math.abs(value) <= MAX_WEIGHT)) return false;
  }
  const at = (column: number): number => columns[column] ?? 0;
  // A page that is excluded is one that the penalty knows about too, so that one guard serves both.
  return (
    at(POLICY_FAULT_HARD_TURNS) <= at(POLICY_FAULT_TURNS) &&
    at(POLICY_EVICT_HARD_TURNS) <= at(POLICY_EVICT_TURNS)
  );
}

/** Whether any type bonus or modality factor of a policy does anything. */
export function isWeighted(columns: Float64Array): boolean {
  return (
    columns.subarray(POLICY_TYPE_BONUS, POLICY_MODALITY_FACTOR).some((bonus) => bonus !== 0) ||
    columns.subarray(POLICY_MODALITY_FACTOR, POLICY_COLUMNS).some((factor) => factor !== 1)
  );
}
