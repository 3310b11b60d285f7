import {
  ACTION_EVICT,
  ACTION_KEEP,
  LEVEL_COUNT,
  MODE_EMERGENCY,
  MODE_NORMAL,
  RESULT_KEY,
  RESULT_STRIDE,
  RESULT_VALUE,
  STATUS_BAD_SET,
  STATUS_BAD_VALUE,
  STATUS_IMPOSSIBLE,
  TOKENS_ABSENT,
} from '../shared/layout';
import { levelCell, levelOf, tokensOf } from './columns';
import { resultsAddress } from './regions';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { evictableTokens } from './sums';
import { isMode, rankContext, seatsToSlots } from './victims';

// Folding before eviction, in order of score: first every page one useful level down until the need is met, then the
// next level, and so on to the deepest level allowed. Only if that does not suffice pages are taken out, lowest score
// first, and folds that have become needless are given up again, highest score first. No more pages are taken out than
// by eviction alone, because each page taken out frees as much as there and the others free something too.

/** Plans which pages to fold to which level and which to take out; returns the number of actions. Changes nothing. */
export function planEviction(set: i32, need: i32, mode: i32, deepest: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (need < 0 || !isMode(mode) || <u32>deepest >= <u32>LEVEL_COUNT) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  if (<f64>need > evictableTokens(record)) return STATUS_IMPOSSIBLE;
  let count: i32 = rankContext(record, MODE_NORMAL);
  if (tokensOfRanked(count) < <f64>need) {
    if (mode != MODE_EMERGENCY) return STATUS_IMPOSSIBLE;
    count = rankContext(record, MODE_EMERGENCY);
  }
  seatsToSlots(record, count);
  for (let index: i32 = 0; index < count; index += 1) setAction(index, ACTION_KEEP);
  const missing: f64 = foldInRounds(record, count, <f64>need, deepest);
  if (missing > 0) unfold(record, count, -takeOut(record, count, missing));
  return dropKept(count);
}

/** Folds until the need is met or nothing is left to fold; returns what is still missing. */
function foldInRounds(set: SetRecord, count: i32, need: f64, deepest: i32): f64 {
  let missing: f64 = need;
  for (let round: i32 = 0; round < deepest; round += 1) {
    for (let index: i32 = 0; index < count && missing > 0; index += 1) {
      const slot: i32 = slotAt(index);
      const level: i32 = plannedLevel(set, index);
      const next: i32 = nextUsefulLevel(set, slot, level, deepest);
      if (next == level) continue;
      missing -= <f64>(tokensAt(set, slot, level) - tokensAt(set, slot, next));
      setAction(index, next);
    }
  }
  return missing;
}

/** Takes pages out until nothing is missing; returns what is missing then, which is nothing or less. */
function takeOut(set: SetRecord, count: i32, need: f64): f64 {
  let missing: f64 = need;
  for (let index: i32 = 0; index < count && missing > 0; index += 1) {
    const tokens: i32 = tokensAt(set, slotAt(index), plannedLevel(set, index));
    // Taking out what costs nothing would lose it for nothing.
    if (tokens == 0) continue;
    missing -= <f64>tokens;
    setAction(index, ACTION_EVICT);
  }
  return missing;
}

/** Gives up folds that the surplus pays for. */
function unfold(set: SetRecord, count: i32, surplus: f64): void {
  let rest: f64 = surplus;
  for (let index: i32 = count - 1; index >= 0; index -= 1) {
    const action: i32 = actionAt(index);
    if (action >= ACTION_EVICT) continue;
    const slot: i32 = slotAt(index);
    const saved: f64 = <f64>(tokensOf(set, slot) - tokensAt(set, slot, action));
    if (saved > rest) continue;
    rest -= saved;
    setAction(index, ACTION_KEEP);
  }
}

/** The least deep level below this one that saves anything, or this one. */
function nextUsefulLevel(set: SetRecord, slot: i32, level: i32, deepest: i32): i32 {
  const present: i32 = tokensAt(set, slot, level);
  for (let next: i32 = level + 1; next <= deepest; next += 1) {
    const tokens: i32 = tokensAt(set, slot, next);
    if (tokens != TOKENS_ABSENT && tokens < present) return next;
  }
  return level;
}

function dropKept(count: i32): i32 {
  let kept: i32 = 0;
  for (let index: i32 = 0; index < count; index += 1) {
    if (actionAt(index) == ACTION_KEEP) continue;
    memory.copy(resultAt(kept), resultAt(index), RESULT_STRIDE);
    kept += 1;
  }
  return kept;
}

function tokensOfRanked(count: i32): f64 {
  let sum: f64 = 0;
  for (let index: i32 = 0; index < count; index += 1) {
    sum += <f64>load<u32>(resultAt(index), RESULT_VALUE);
  }
  return sum;
}

function plannedLevel(set: SetRecord, index: i32): i32 {
  const action: i32 = actionAt(index);
  return action == ACTION_KEEP ? levelOf(set, slotAt(index)) : action;
}

function tokensAt(set: SetRecord, slot: i32, level: i32): i32 {
  return load<i32>(levelCell(set, slot, level));
}

function slotAt(index: i32): i32 {
  return load<i32>(resultAt(index), RESULT_KEY);
}

function actionAt(index: i32): i32 {
  return load<i32>(resultAt(index), RESULT_VALUE);
}

function setAction(index: i32, action: i32): void {
  store<i32>(resultAt(index), action, RESULT_VALUE);
}

function resultAt(index: i32): usize {
  return resultsAddress() + <usize>index * RESULT_STRIDE;
}
