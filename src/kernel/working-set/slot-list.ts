import { INDEX_NONE } from '../../../assembly/shared/layout.ts';
import type { PageColumns } from './page-columns.ts';

/** The columns that one family of lists runs through: by tier, or by type. Newest last. */
export interface SlotLinks {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
}

/** Appends a slot to a list. */
export function linkSlot(links: SlotLinks, slot: number, list: number): void {
  const before = links.last[list] ?? INDEX_NONE;
  links.previous[slot] = before;
  links.next[slot] = INDEX_NONE;
  if (before === INDEX_NONE) links.first[list] = slot;
  else links.next[before] = slot;
  links.last[list] = slot;
}

/** Takes a slot out of its list. */
export function unlinkSlot(links: SlotLinks, slot: number, list: number): void {
  const before = links.previous[slot] ?? INDEX_NONE;
  const after = links.next[slot] ?? INDEX_NONE;
  if (before === INDEX_NONE) links.first[list] = after;
  else links.next[before] = after;
  if (after === INDEX_NONE) links.last[list] = before;
  else links.previous[after] = before;
}

/** The lists of a set by tier. */
export function tierLinks(set: PageColumns): SlotLinks {
  return {
    first: set.tierFirst,
    last: set.tierLast,
    previous: set.tierPrevious,
    next: set.tierNext,
  };
}

/** The lists of a set by type. */
export function typeLinks(set: PageColumns): SlotLinks {
  return {
    first: set.typeFirst,
    last: set.typeLast,
    previous: set.typePrevious,
    next: set.typeNext,
  };
}
