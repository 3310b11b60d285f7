import {
  INDEX_NONE,
  MAX_TURN,
  MAX_WEIGHT,
  MAX_WINDOW_TURNS,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  POLICY_COLUMNS,
  POLICY_EVICT_HARD_TURNS,
  POLICY_EVICT_TURNS,
  POLICY_FAULT_HARD_TURNS,
  POLICY_FAULT_TURNS,
  POLICY_HOT_FREQUENCY,
  POLICY_HOT_IMPORTANCE,
  POLICY_HOT_RECENCY,
  POLICY_HOT_THRASH,
  POLICY_IMPORTANCE,
  POLICY_MODALITY_FACTOR,
  POLICY_PAGE_IMPORTANCE,
  POLICY_POSITION,
  POLICY_THRASH,
  POLICY_TYPE_BONUS,
  SEAT_SLOT,
  SET_MODALITY_FACTOR,
  SET_TYPE_BONUS,
  STATUS_BAD_SET,
  STATUS_BAD_VALUE,
  STATUS_NO_ROOM,
  STATUS_OK,
} from '../shared/layout';
import { seatColumn, table8 } from './columns';
import { refreshSeat } from './seats';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { usedTokens } from './sums';

const policy: usize = memory.data(POLICY_COLUMNS * sizeof<f64>(), 16);

/** Address of the policy that `setPolicy` reads. */
export function policyAddress(): usize {
  return policy;
}

/** Gives a set the policy that the host has written. */
export function setPolicy(set: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (!isPolicyValid()) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  record.weightPosition = policyAt(POLICY_POSITION);
  record.weightImportance = policyAt(POLICY_IMPORTANCE);
  record.weightThrash = policyAt(POLICY_THRASH);
  record.hotRecency = policyAt(POLICY_HOT_RECENCY);
  record.hotFrequency = policyAt(POLICY_HOT_FREQUENCY);
  record.hotImportance = policyAt(POLICY_HOT_IMPORTANCE);
  record.hotThrash = policyAt(POLICY_HOT_THRASH);
  record.usesPageImportance = i32(policyAt(POLICY_PAGE_IMPORTANCE) != 0);
  record.faultTurns = <i32>policyAt(POLICY_FAULT_TURNS);
  record.evictTurns = <i32>policyAt(POLICY_EVICT_TURNS);
  record.faultHardTurns = <i32>policyAt(POLICY_FAULT_HARD_TURNS);
  record.evictHardTurns = <i32>policyAt(POLICY_EVICT_HARD_TURNS);
  record.hardUntil = record.turn + max(record.faultHardTurns, record.evictHardTurns);
  copyTables(record);
  refreshSeats(record);
  return STATUS_OK;
}

/** Changes the budget of a set; what is in the context must still fit. */
export function setBudget(set: i32, totalTokens: i32, reservedTokens: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (totalTokens < 0 || reservedTokens < 0 || reservedTokens > totalTokens) {
    return STATUS_BAD_VALUE;
  }
  const record = changetype<SetRecord>(at);
  if (usedTokens(record) > <f64>(totalTokens - reservedTokens)) return STATUS_NO_ROOM;
  record.totalTokens = totalTokens;
  record.reservedTokens = reservedTokens;
  return STATUS_OK;
}

/** Moves a set on to a turn; turns never go back. */
export function setTurn(set: i32, turn: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  const record = changetype<SetRecord>(at);
  if (turn < record.turn || turn > MAX_TURN) return STATUS_BAD_VALUE;
  record.turn = turn;
  return STATUS_OK;
}

function copyTables(record: SetRecord): void {
  let isWeighted: bool = false;
  for (let type: i32 = 0; type < PAGE_TYPE_COUNT; type += 1) {
    const bonus: f64 = policyAt(POLICY_TYPE_BONUS + type);
    store<f64>(table8(record, SET_TYPE_BONUS, type), bonus);
    if (bonus != 0) isWeighted = true;
  }
  for (let modality: i32 = 0; modality < MODALITY_COUNT; modality += 1) {
    const factor: f64 = policyAt(POLICY_MODALITY_FACTOR + modality);
    store<f64>(table8(record, SET_MODALITY_FACTOR, modality), factor);
    if (factor != 1) isWeighted = true;
  }
  record.isWeighted = i32(isWeighted);
}

function refreshSeats(record: SetRecord): void {
  const slots: usize = seatColumn(record, SEAT_SLOT);
  for (let seat: i32 = 0; seat < record.seatEnd; seat += 1) {
    const slot: i32 = load<i32>(slots + ((<usize>seat) << 2));
    if (slot != INDEX_NONE) refreshSeat(record, slot);
  }
}

function isPolicyValid(): bool {
  for (let column: i32 = 0; column < POLICY_COLUMNS; column += 1) {
    const value: f64 = policyAt(column);
    if (column >= POLICY_FAULT_TURNS && column <= POLICY_EVICT_HARD_TURNS) {
      if (!(value >= 0 && value <= MAX_WINDOW_TURNS && floor(value) == value)) return false;
    } else if (!(abs(value) <= MAX_WEIGHT)) {
      return false;
    }
  }
  // A page that is excluded is one that the penalty knows about too, so that one guard serves both.
  if (policyAt(POLICY_FAULT_HARD_TURNS) > policyAt(POLICY_FAULT_TURNS)) return false;
  return policyAt(POLICY_EVICT_HARD_TURNS) <= policyAt(POLICY_EVICT_TURNS);
}

function policyAt(column: i32): f64 {
  return load<f64>(policy + ((<usize>column) << 3));
}
