import {
  AUDIT_BUDGET,
  AUDIT_COPIES,
  AUDIT_FREE_SLOTS,
  AUDIT_LEVELS,
  AUDIT_LISTS,
  AUDIT_RESIDENCE,
  AUDIT_SEATS,
  AUDIT_SUMS,
  INDEX_NONE,
  LEVEL_COUNT,
  MODALITY_COUNT,
  PAGE_TYPE_COUNT,
  STATUS_OK,
  TIER_CONTEXT,
  TIER_COUNT,
} from '../../../assembly/shared/layout.ts';
import { guardOf, importanceOf } from './context-seats.ts';
import type { PageColumns } from './page-columns.ts';
import { canStand } from './page-facts-check.ts';
import { hasRoom } from './page-sums.ts';
import { tierLinks, typeLinks } from './slot-list.ts';
import type { SlotLinks } from './slot-list.ts';

/** Recomputes everything that is kept twice and returns the first invariant that does not hold, or 0. */
export function auditPages(set: PageColumns): number {
  // Lists and seats first: what follows walks over them.
  if (!areListsWhole(set)) return AUDIT_LISTS;
  if (!areSeatsWhole(set)) return AUDIT_SEATS;
  if (!areFreeSlotsWhole(set)) return AUDIT_FREE_SLOTS;
  for (let slot = 0; slot < set.slotEnd; slot += 1) {
    const finding = set.isLive(slot) ? auditPage(set, slot) : STATUS_OK;
    if (finding !== STATUS_OK) return finding;
  }
  if (!areSumsRight(set)) return AUDIT_SUMS;
  return hasRoom(set, 0) ? STATUS_OK : AUDIT_BUDGET;
}

function auditPage(set: PageColumns, slot: number): number {
  if (!canStand(set.tierOf(slot), set.flagsOf(slot))) return AUDIT_RESIDENCE;
  if (set.levelOf(slot) >= LEVEL_COUNT || set.tokensOf(slot) < 0) return AUDIT_LEVELS;
  const isSeated = set.seat[slot] !== INDEX_NONE;
  if (isSeated !== set.isInContext(slot)) return AUDIT_SEATS;
  return isSeated && !isSeatCopyRight(set, slot) ? AUDIT_COPIES : STATUS_OK;
}

function areListsWhole(set: PageColumns): boolean {
  const byTier = tierLinks(set);
  for (let tier = TIER_CONTEXT + 1; tier < TIER_COUNT; tier += 1) {
    const slots = walk(set, byTier, tier);
    if (slots === undefined || slots.length !== set.tierPages[tier]) return false;
    if (slots.some((slot) => set.tierOf(slot) !== tier)) return false;
  }
  const byType = typeLinks(set);
  for (let type = 0; type < PAGE_TYPE_COUNT; type += 1) {
    const slots = walk(set, byType, type);
    if (slots === undefined || slots.length !== set.typePages[type]) return false;
    if (slots.some((slot) => set.typeOf(slot) !== type)) return false;
  }
  return true;
}

/** The live pages of a list whose links agree in both directions. */
function walk(set: PageColumns, links: SlotLinks, list: number): readonly number[] | undefined {
  const slots: number[] = [];
  let before = INDEX_NONE as number; // widened, it changes below
  let slot = links.first[list] ?? INDEX_NONE;
  while (slot !== INDEX_NONE) {
    if (slots.length >= set.pages || !set.isLive(slot)) return undefined;
    if (links.previous[slot] !== before) return undefined;
    slots.push(slot);
    before = slot;
    slot = links.next[slot] ?? INDEX_NONE;
  }
  return before === links.last[list] ? slots : undefined;
}

function areSeatsWhole(set: PageColumns): boolean {
  let taken = 0;
  for (let seat = 0; seat < set.seatEnd; seat += 1) {
    const slot = set.seatSlot[seat] ?? INDEX_NONE;
    if (slot === INDEX_NONE) continue;
    if (!set.isLive(slot) || !set.isInContext(slot) || set.seat[slot] !== seat) return false;
    taken += 1;
  }
  return taken === set.tierPages[TIER_CONTEXT];
}

function areFreeSlotsWhole(set: PageColumns): boolean {
  let free = 0;
  let slot = set.freeSlot;
  while (slot !== INDEX_NONE) {
    if (slot < 0 || slot >= set.slotEnd || set.isLive(slot) || free > set.slotEnd) return false;
    free += 1;
    slot = set.tierNext[slot] ?? INDEX_NONE;
  }
  return free + set.pages === set.slotEnd;
}

function isSeatCopyRight(set: PageColumns, slot: number): boolean {
  const seat = set.seat[slot] ?? INDEX_NONE;
  return (
    set.seatImportance[seat] === importanceOf(set, slot) &&
    set.seatGuard[seat] === guardOf(set, slot) &&
    set.seatTokens[seat] === set.tokensOf(slot) &&
    set.seatKind[seat] === set.kind[slot]
  );
}

function areSumsRight(set: PageColumns): boolean {
  const tierTokens = new Float64Array(TIER_COUNT);
  const modalityTokens = new Float64Array(MODALITY_COUNT);
  const modalityPages = new Int32Array(MODALITY_COUNT);
  let pinnedTokens = 0;
  for (let slot = 0; slot < set.slotEnd; slot += 1) {
    if (!set.isLive(slot)) continue;
    const [tokens, modality] = [set.tokensOf(slot), set.modalityOf(slot)];
    add(tierTokens, set.tierOf(slot), tokens);
    add(modalityPages, modality, 1);
    if (!set.isInContext(slot)) continue;
    add(modalityTokens, modality, tokens);
    if (set.isPinned(slot)) pinnedTokens += tokens;
  }
  return (
    pinnedTokens === set.pinnedTokens &&
    tierTokens.every((tokens, tier) => tokens === set.tierTokens[tier]) &&
    modalityTokens.every((tokens, modality) => tokens === set.modalityTokens[modality]) &&
    modalityPages.every((pages, modality) => pages === set.modalityPages[modality])
  );
}

function add(sums: Float64Array | Int32Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}
