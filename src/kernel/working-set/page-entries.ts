import {
  FACT_ACCESSED_MS,
  FACT_ACCESS_COUNT,
  FACT_CONTENT_VERSION,
  FACT_CREATED,
  FACT_EVICT_TURN,
  FACT_FAULT_TURN,
  FACT_FLAGS,
  FACT_IMPORTANCE,
  FACT_LEVEL,
  FACT_LEVEL_TOKENS,
  FACT_MODALITY,
  FACT_OVERRIDE,
  FACT_TIER,
  FACT_TYPE,
  FLAGS_SETTABLE,
  FLAG_LIVE,
  INDEX_NONE,
  KIND_MODALITY_SHIFT,
  LEVEL_COUNT,
  POLICY_EVICT_HARD_TURNS,
  POLICY_FAULT_HARD_TURNS,
  STATUS_BAD_SLOT,
  STATUS_OK,
} from '../../../assembly/shared/layout.ts';
import { leaveSeat, takeSeat } from './context-seats.ts';
import type { PageColumns } from './page-columns.ts';
import { countInSet, countInTier } from './page-sums.ts';
import { linkSlot, tierLinks, typeLinks, unlinkSlot } from './slot-list.ts';

/** Adds the page that valid facts describe to a set with room and a free slot for it, and returns its slot. */
export function addPage(set: PageColumns, facts: Float64Array): number {
  const slot = takeSlot(set);
  writeFacts(set, slot, facts);
  set.created[slot] = set.nextCreated;
  set.nextCreated += 1;
  if (set.isInContext(slot)) {
    takeSeat(set, slot);
    set.version = (set.version + 1) >>> 0;
  } else {
    linkSlot(tierLinks(set), slot, set.tierOf(slot));
  }
  noteLatestStamp(set, facts);
  linkSlot(typeLinks(set), slot, set.typeOf(slot));
  countInSet(set, slot, 1);
  countInTier(set, slot, 1);
  return slot;
}

/** Removes a page, wherever it is; its slot serves the next one. */
export function removePage(set: PageColumns, slot: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  countInTier(set, slot, -1);
  countInSet(set, slot, -1);
  unlinkSlot(typeLinks(set), slot, set.typeOf(slot));
  if (set.isInContext(slot)) {
    leaveSeat(set, slot);
    set.version = (set.version + 1) >>> 0;
  } else {
    unlinkSlot(tierLinks(set), slot, set.tierOf(slot));
  }
  set.flags[slot] = 0;
  set.tierNext[slot] = set.freeSlot;
  set.freeSlot = slot;
  return STATUS_OK;
}

/** Writes what is known of a page to the facts. */
export function readPage(set: PageColumns, slot: number, facts: Float64Array): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  facts[FACT_TYPE] = set.typeOf(slot);
  facts[FACT_MODALITY] = set.modalityOf(slot);
  facts[FACT_TIER] = set.tierOf(slot);
  facts[FACT_LEVEL] = set.levelOf(slot);
  for (let level = 0; level < LEVEL_COUNT; level += 1) {
    facts[FACT_LEVEL_TOKENS + level] = set.tokensAt(slot, level);
  }
  facts[FACT_IMPORTANCE] = set.importance[slot] ?? 0;
  facts[FACT_OVERRIDE] = set.override[slot] ?? 0;
  facts[FACT_FLAGS] = set.flagsOf(slot) & FLAGS_SETTABLE;
  facts[FACT_ACCESSED_MS] = set.accessed[slot] ?? 0;
  facts[FACT_ACCESS_COUNT] = set.accessCount[slot] ?? 0;
  facts[FACT_FAULT_TURN] = set.faultTurn[slot] ?? 0;
  facts[FACT_EVICT_TURN] = set.evictTurn[slot] ?? 0;
  facts[FACT_CONTENT_VERSION] = set.contentVersion[slot] ?? 0;
  facts[FACT_CREATED] = set.created[slot] ?? 0;
  return STATUS_OK;
}

/** A page may bring the memory of a fault or an eviction along, so scans have to look for it. */
function noteLatestStamp(set: PageColumns, facts: Float64Array): void {
  const { policy } = set;
  const fault = (facts[FACT_FAULT_TURN] ?? 0) + (policy[POLICY_FAULT_HARD_TURNS] ?? 0);
  const evict = (facts[FACT_EVICT_TURN] ?? 0) + (policy[POLICY_EVICT_HARD_TURNS] ?? 0);
  set.hardUntil = Math.max(set.hardUntil, fault, evict);
}

function takeSlot(set: PageColumns): number {
  const free = set.freeSlot;
  if (free !== INDEX_NONE) {
    set.freeSlot = set.tierNext[free] ?? INDEX_NONE;
    return free;
  }
  set.slotEnd += 1;
  return set.slotEnd - 1;
}

function writeFacts(set: PageColumns, slot: number, facts: Float64Array): void {
  const fact = (column: number): number => facts[column] ?? 0;
  set.kind[slot] = fact(FACT_TYPE) | (fact(FACT_MODALITY) << KIND_MODALITY_SHIFT);
  set.tier[slot] = fact(FACT_TIER);
  set.level[slot] = fact(FACT_LEVEL);
  set.flags[slot] = fact(FACT_FLAGS) | FLAG_LIVE;
  set.importance[slot] = fact(FACT_IMPORTANCE);
  set.override[slot] = fact(FACT_OVERRIDE);
  set.accessed[slot] = fact(FACT_ACCESSED_MS);
  for (let level = 0; level < LEVEL_COUNT; level += 1) {
    set.levelTokens[slot * LEVEL_COUNT + level] = fact(FACT_LEVEL_TOKENS + level);
  }
  set.accessCount[slot] = fact(FACT_ACCESS_COUNT);
  set.faultTurn[slot] = fact(FACT_FAULT_TURN);
  set.evictTurn[slot] = fact(FACT_EVICT_TURN);
  set.contentVersion[slot] = fact(FACT_CONTENT_VERSION);
  set.seat[slot] = INDEX_NONE;
}
