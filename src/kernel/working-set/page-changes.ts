import {
  FLAGS_PINNED,
  FLAGS_SETTABLE,
  FLAG_LIVE,
  LEVEL_COUNT,
  MAX_PAGE_TOKENS,
  POLICY_EVICT_HARD_TURNS,
  POLICY_FAULT_HARD_TURNS,
  STATUS_BAD_SLOT,
  STATUS_BAD_VALUE,
  STATUS_LEVEL_ABSENT,
  STATUS_NOT_RESIDENT,
  STATUS_NO_ROOM,
  STATUS_OK,
  TIER_CONTEXT,
  TIER_COUNT,
  TOKENS_ABSENT,
} from '../../../assembly/shared/layout.ts';
import { leaveSeat, refreshSeat, takeSeat } from './context-seats.ts';
import type { PageColumns } from './page-columns.ts';
import { canStand, isTime } from './page-facts-check.ts';
import { countInTier, hasRoom } from './page-sums.ts';
import { linkSlot, tierLinks, unlinkSlot } from './slot-list.ts';

const MAX_U32 = 0xffffffff;

/** Takes a page into the context as its newest; one that is there already is only touched. */
export function admit(set: PageColumns, slot: number, nowMs: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (!isTime(nowMs)) return STATUS_BAD_VALUE;
  if (!set.isInContext(slot)) {
    if (!canStand(TIER_CONTEXT, set.flagsOf(slot))) return STATUS_NOT_RESIDENT;
    if (!hasRoom(set, set.tokensOf(slot))) return STATUS_NO_ROOM;
    leaveTier(set, slot);
    enterTier(set, slot, TIER_CONTEXT);
  }
  markAccess(set, slot, nowMs);
  return STATUS_OK;
}

/** Notes that a page was used. */
export function touch(set: PageColumns, slot: number, nowMs: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (!isTime(nowMs)) return STATUS_BAD_VALUE;
  markAccess(set, slot, nowMs);
  return STATUS_OK;
}

/** Makes a page of the context its newest. */
export function renew(set: PageColumns, slot: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (!set.isInContext(slot)) return STATUS_BAD_VALUE;
  // The page leaves the count as well, so that a closing of gaps in between sees seats and count agree.
  leaveTier(set, slot);
  enterTier(set, slot, TIER_CONTEXT);
  return STATUS_OK;
}

/** Moves a page to a tier below the context. */
export function moveTo(set: PageColumns, slot: number, tier: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (tier <= TIER_CONTEXT || tier >= TIER_COUNT) return STATUS_BAD_VALUE;
  if (!canStand(tier, set.flagsOf(slot))) return STATUS_NOT_RESIDENT;
  leaveTier(set, slot);
  enterTier(set, slot, tier);
  return STATUS_OK;
}

/** Moves a page to a tier below the context and remembers the turn, for the cooldown. */
export function evictTo(set: PageColumns, slot: number, tier: number): number {
  const status = moveTo(set, slot, tier);
  if (status !== STATUS_OK) return status;
  set.evictTurn[slot] = set.turn;
  noteStamp(set, set.policy[POLICY_EVICT_HARD_TURNS] ?? 0);
  return STATUS_OK;
}

/** Protects a page from this turn on, as after a fault. */
export function protect(set: PageColumns, slot: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  set.faultTurn[slot] = set.turn;
  noteStamp(set, set.policy[POLICY_FAULT_HARD_TURNS] ?? 0);
  if (set.isInContext(slot)) refreshSeat(set, slot);
  return STATUS_OK;
}

/** Sets the flags of `on` and clears those of `off`. */
export function mark(
  set: PageColumns,
  slot: number,
  { on, off }: { readonly on: number; readonly off: number },
): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (((on | off) & ~FLAGS_SETTABLE) !== 0 || (on & off) !== 0) return STATUS_BAD_VALUE;
  return changeFlags(set, slot, (set.flagsOf(slot) | on) & ~off);
}

/** Clears pin flags of every page. */
export function clearPins(set: PageColumns, flags: number): number {
  if ((flags & ~FLAGS_PINNED) !== 0) return STATUS_BAD_VALUE;
  for (let slot = 0; slot < set.slotEnd; slot += 1) {
    const before = set.flagsOf(slot);
    if ((before & FLAG_LIVE) !== 0 && (before & flags) !== 0) {
      changeFlags(set, slot, before & ~flags);
    }
  }
  return STATUS_OK;
}

/** Records what a page costs at a level, TOKENS_ABSENT for a representation that is gone. */
export function setLevelTokens(
  set: PageColumns,
  slot: number,
  { level, tokens }: { readonly level: number; readonly tokens: number },
): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (!isLevel(level) || tokens < TOKENS_ABSENT || tokens > MAX_PAGE_TOKENS) {
    return STATUS_BAD_VALUE;
  }
  if (level !== set.levelOf(slot)) {
    set.levelTokens[slot * LEVEL_COUNT + level] = tokens;
    return STATUS_OK;
  }
  if (tokens === TOKENS_ABSENT) return STATUS_LEVEL_ABSENT;
  if (!canChangeTo(set, slot, tokens)) return STATUS_NO_ROOM;
  countInTier(set, slot, -1);
  set.levelTokens[slot * LEVEL_COUNT + level] = tokens;
  countInTier(set, slot, 1);
  noteContent(set, slot);
  return STATUS_OK;
}

/** Shows a page at another level, less or more detailed; what grows must fit. */
export function fold(set: PageColumns, slot: number, level: number): number {
  if (!set.isLive(slot)) return STATUS_BAD_SLOT;
  if (!isLevel(level)) return STATUS_BAD_VALUE;
  if (level === set.levelOf(slot)) return STATUS_OK;
  const tokens = set.tokensAt(slot, level);
  if (tokens === TOKENS_ABSENT) return STATUS_LEVEL_ABSENT;
  if (!canChangeTo(set, slot, tokens)) return STATUS_NO_ROOM;
  countInTier(set, slot, -1);
  set.level[slot] = level;
  countInTier(set, slot, 1);
  noteContent(set, slot);
  return STATUS_OK;
}

function leaveTier(set: PageColumns, slot: number): void {
  countInTier(set, slot, -1);
  if (!set.isInContext(slot)) {
    unlinkSlot(tierLinks(set), slot, set.tierOf(slot));
    return;
  }
  leaveSeat(set, slot);
  noteVersion(set);
}

function enterTier(set: PageColumns, slot: number, tier: number): void {
  if (tier === TIER_CONTEXT) {
    takeSeat(set, slot);
    noteVersion(set);
  } else {
    linkSlot(tierLinks(set), slot, tier);
  }
  set.tier[slot] = tier;
  countInTier(set, slot, 1);
}

function markAccess(set: PageColumns, slot: number, nowMs: number): void {
  set.accessed[slot] = nowMs;
  set.accessCount[slot] = Math.min((set.accessCount[slot] ?? 0) + 1, MAX_U32);
}

function changeFlags(set: PageColumns, slot: number, flags: number): number {
  if (!canStand(set.tierOf(slot), flags)) return STATUS_NOT_RESIDENT;
  // Pinned tokens are one of the sums.
  countInTier(set, slot, -1);
  set.flags[slot] = flags;
  countInTier(set, slot, 1);
  if (set.isInContext(slot)) refreshSeat(set, slot);
  return STATUS_OK;
}

/** Whether a page may cost that much where it is. */
function canChangeTo(set: PageColumns, slot: number, tokens: number): boolean {
  return !set.isInContext(slot) || hasRoom(set, tokens - set.tokensOf(slot));
}

function noteContent(set: PageColumns, slot: number): void {
  set.contentVersion[slot] = (set.contentVersion[slot] ?? 0) + 1;
  if (!set.isInContext(slot)) return;
  refreshSeat(set, slot);
  noteVersion(set);
}

/** Counts a change of the context; like the WASM kernel it begins anew after 2^32. */
function noteVersion(set: PageColumns): void {
  set.version = (set.version + 1) >>> 0;
}

/** Remembers until when a scan has to look for excluded pages. */
function noteStamp(set: PageColumns, hardTurns: number): void {
  set.hardUntil = Math.max(set.hardUntil, set.turn + hardTurns);
}

function isLevel(level: number): boolean {
  return level >= 0 && level < LEVEL_COUNT;
}
