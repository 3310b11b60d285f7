import {
  INDEX_NONE,
  ORDER_NEWEST,
  ORDER_OLDEST,
  PAGE_TYPE_COUNT,
  RESULT_KEY,
  RESULT_STRIDE,
  SEAT_SLOT,
  SET_TIER_FIRST,
  SET_TYPE_FIRST,
  SLOT_ACCESSED,
  SLOT_CREATED,
  SLOT_TIER_NEXT,
  SLOT_TYPE_NEXT,
  STATUS_BAD_SET,
  STATUS_BAD_VALUE,
  TIER_CONTEXT,
  TIER_COUNT,
} from '../shared/layout';
import { cell4, cell8, seatColumn, table4, tokensOf } from './columns';
import { resultsAddress } from './regions';
import { putResult } from './score';
import { closeGaps } from './seats';
import { selectLeast } from './select';
import { findSet } from './sets';
import { SetRecord } from './set-record';
import { valuesToKeys } from './victims';

/** Lists the pages of a tier in order of arrival. */
export function listTier(set: i32, tier: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (<u32>tier >= <u32>TIER_COUNT) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  if (tier != TIER_CONTEXT)
    return listChain(record, table4(record, SET_TIER_FIRST, tier), SLOT_TIER_NEXT);
  closeGaps(record);
  const slots: usize = seatColumn(record, SEAT_SLOT);
  for (let seat: i32 = 0; seat < record.seatEnd; seat += 1) {
    putSlot(record, seat, load<i32>(slots + ((<usize>seat) << 2)));
  }
  return record.seatEnd;
}

/** Lists the pages of a type in order of creation. */
export function listType(set: i32, type: i32): i32 {
  const at: usize = findSet(set);
  if (at == 0) return STATUS_BAD_SET;
  if (<u32>type >= <u32>PAGE_TYPE_COUNT) return STATUS_BAD_VALUE;
  const record = changetype<SetRecord>(at);
  return listChain(record, table4(record, SET_TYPE_FIRST, type), SLOT_TYPE_NEXT);
}

/** Lists at most so many pages of a tier by their latest access; pages used at the same time go by creation. */
export function listByAccess(set: i32, tier: i32, limit: i32, order: i32): i32 {
  if (limit < 0 || (order != ORDER_OLDEST && order != ORDER_NEWEST)) return STATUS_BAD_VALUE;
  const count: i32 = listTier(set, tier);
  if (count < 0) return count;
  const record = changetype<SetRecord>(findSet(set));
  for (let index: i32 = 0; index < count; index += 1) {
    const result: usize = resultsAddress() + <usize>index * RESULT_STRIDE;
    const slot: i32 = load<i32>(result, RESULT_KEY);
    const accessed: f64 = load<f64>(cell8(record, SLOT_ACCESSED, slot));
    const created: u32 = load<u32>(cell4(record, SLOT_CREATED, slot));
    const isNewest: bool = order == ORDER_NEWEST;
    putResult(result, isNewest ? 0 - accessed : accessed, isNewest ? ~created : created, slot);
  }
  const chosen: i32 = selectLeast(resultsAddress(), count, <f64>min(limit, count), true);
  valuesToKeys(chosen);
  return chosen;
}

function listChain(set: SetRecord, first: usize, nextColumn: i32): i32 {
  let count: i32 = 0;
  let slot: i32 = load<i32>(first);
  while (slot != INDEX_NONE) {
    putSlot(set, count, slot);
    count += 1;
    slot = load<i32>(cell4(set, nextColumn, slot));
  }
  return count;
}

function putSlot(set: SetRecord, index: i32, slot: i32): void {
  const result: usize = resultsAddress() + <usize>index * RESULT_STRIDE;
  putResult(result, 0, <u32>slot, <u32>tokensOf(set, slot));
}
