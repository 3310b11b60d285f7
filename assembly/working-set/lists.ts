import {
  INDEX_NONE,
  SET_TIER_FIRST,
  SET_TIER_LAST,
  SET_TYPE_FIRST,
  SET_TYPE_LAST,
  SLOT_TIER_NEXT,
  SLOT_TIER_PREVIOUS,
  SLOT_TYPE_NEXT,
  SLOT_TYPE_PREVIOUS,
} from '../shared/layout';
import { cell4, table4 } from './columns';
import { SetRecord } from './set-record';

// Lists that run through the slots themselves: one for each tier below the context and one for each type, newest last.

/** Appends a slot to the list of a tier. */
export function linkTier(set: SetRecord, slot: i32, tier: i32): void {
  const last: usize = table4(set, SET_TIER_LAST, tier);
  const before: i32 = load<i32>(last);
  store<i32>(cell4(set, SLOT_TIER_PREVIOUS, slot), before);
  store<i32>(cell4(set, SLOT_TIER_NEXT, slot), INDEX_NONE);
  const next: usize =
    before == INDEX_NONE ? table4(set, SET_TIER_FIRST, tier) : cell4(set, SLOT_TIER_NEXT, before);
  store<i32>(next, slot);
  store<i32>(last, slot);
}

/** Takes a slot out of the list of its tier. */
export function unlinkTier(set: SetRecord, slot: i32, tier: i32): void {
  const before: i32 = load<i32>(cell4(set, SLOT_TIER_PREVIOUS, slot));
  const after: i32 = load<i32>(cell4(set, SLOT_TIER_NEXT, slot));
  const next: usize =
    before == INDEX_NONE ? table4(set, SET_TIER_FIRST, tier) : cell4(set, SLOT_TIER_NEXT, before);
  const previous: usize =
    after == INDEX_NONE ? table4(set, SET_TIER_LAST, tier) : cell4(set, SLOT_TIER_PREVIOUS, after);
  store<i32>(next, after);
  store<i32>(previous, before);
}

/** Appends a slot to the list of a type. */
export function linkType(set: SetRecord, slot: i32, type: i32): void {
  const last: usize = table4(set, SET_TYPE_LAST, type);
  const before: i32 = load<i32>(last);
  store<i32>(cell4(set, SLOT_TYPE_PREVIOUS, slot), before);
  store<i32>(cell4(set, SLOT_TYPE_NEXT, slot), INDEX_NONE);
  const next: usize =
    before == INDEX_NONE ? table4(set, SET_TYPE_FIRST, type) : cell4(set, SLOT_TYPE_NEXT, before);
  store<i32>(next, slot);
  store<i32>(last, slot);
}

/** Takes a slot out of the list of its type. */
export function unlinkType(set: SetRecord, slot: i32, type: i32): void {
  const before: i32 = load<i32>(cell4(set, SLOT_TYPE_PREVIOUS, slot));
  const after: i32 = load<i32>(cell4(set, SLOT_TYPE_NEXT, slot));
  const next: usize =
    before == INDEX_NONE ? table4(set, SET_TYPE_FIRST, type) : cell4(set, SLOT_TYPE_NEXT, before);
  const previous: usize =
    after == INDEX_NONE ? table4(set, SET_TYPE_LAST, type) : cell4(set, SLOT_TYPE_PREVIOUS, after);
  store<i32>(next, after);
  store<i32>(previous, before);
}
