import {
  FLAG_DIRTY,
  FLAG_PIN_AUTO,
  FLAG_PIN_EXPLICIT,
  FLAG_PIN_PAGE,
  FLAG_RESIDENT,
  FLAG_STORED,
} from '../../../assembly/shared/layout.ts';

export type {
  Modality as PageModality,
  PageLevel as FoldLevel,
  PageType,
} from '../../domain/page.ts';

/** What a page is, in the order of its code. */
export const PAGE_TYPES = [
  'transcript',
  'summary',
  'artifact',
  'claim',
  'procedure',
  'index',
] as const;

/** What a page is made of, in the order of its code. */
export const PAGE_MODALITIES = ['text', 'image', 'audio', 'video', 'structured'] as const;

/** Where a page is, in the order of its code: in the context, hot, in the store, in an artifact, in the archive. */
export const TIERS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const;
/** Where a page is: L0 is the context. */
export type Tier = (typeof TIERS)[number];
/** A tier below the context. */
export type LowerTier = Exclude<Tier, 'L0'>;

/** What can be true of a page, and its bit. A page with any of the pins is never a victim. */
export const PAGE_FLAGS: Readonly<Record<PageFlag, number>> = {
  pinnedExplicitly: FLAG_PIN_EXPLICIT,
  pinnedByRule: FLAG_PIN_AUTO,
  pinnedByPage: FLAG_PIN_PAGE,
  dirty: FLAG_DIRTY,
  resident: FLAG_RESIDENT,
  stored: FLAG_STORED,
};
/** The flags that pin. */
export type PinFlag = 'pinnedExplicitly' | 'pinnedByRule' | 'pinnedByPage';
/** What can be true of a page: pinned, changed since it was stored, its content in the process or in an artifact store. */
export type PageFlag = PinFlag | 'dirty' | 'resident' | 'stored';

/** The place of a page in its working set. Stays the same while the page is in it; goes to another one afterwards. */
export type SlotIndex = number & { readonly __brand: 'SlotIndex' };
