/** What a page holds. */
export const MODALITIES = ['text', 'image', 'audio', 'video', 'structured'] as const;
/** One of {@link MODALITIES}. */
export type Modality = (typeof MODALITIES)[number];

/**
 * What a page is for: `transcript` a message as it was said, `summary` what was made of several, `artifact` the output of a
 * tool, `claim` a decision or a fact, `procedure` how a tool is used, `index` what helps to find others.
 */
export const PAGE_TYPES = [
  'transcript',
  'summary',
  'artifact',
  'claim',
  'procedure',
  'index',
] as const;
/** One of {@link PAGE_TYPES}. */
export type PageType = (typeof PAGE_TYPES)[number];

/** Who speaks in a page. */
export const PAGE_ROLES = ['user', 'assistant', 'tool', 'system'] as const;
/** One of {@link PAGE_ROLES}. */
export type PageRole = (typeof PAGE_ROLES)[number];

/** How much of a page is there: 0 all of it, 1 reduced, 2 an abstract, 3 no more than a reference. */
export const PAGE_LEVELS = [0, 1, 2, 3] as const;
/** One of {@link PAGE_LEVELS}. */
export type PageLevel = (typeof PAGE_LEVELS)[number];

/** Where a page lives: in the context, hot beside it, in the store, in files, in the archive. */
export const STORAGE_TIERS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const;
/** One of {@link STORAGE_TIERS}. */
export type StorageTier = (typeof STORAGE_TIERS)[number];
