import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageLevel, StorageTier } from '../../domain/page.ts';
import type { LevelTokens } from '../../kernel/working-set/page-facts.ts';

/** A page without its content. */
export type PageCard = Omit<MemoryPage, 'content'>;

/** Why a page never leaves the context: somebody said so, it is a page that stays, or a rule holds it for now. */
export type PagePin = 'explicit' | 'page' | 'rule' | 'none';

/** What a table knows of a page: where it is, what it costs, how far it is folded. A copy: changing the table makes a new one. */
export interface PageEntry {
  readonly card: PageCard;
  readonly tier: StorageTier;
  /** The level at which it is shown, or was when it left the context. */
  readonly level: PageLevel;
  /** Tokens of the page as it is shown, its line included. */
  readonly tokens: number;
  /** Tokens at each level; null where there is no representation. */
  readonly levelTokens: LevelTokens;
  readonly pin: PagePin;
  /** Whether its content is in this process. */
  readonly isResident: boolean;
  /** Whether it changed since it was stored. */
  readonly isDirty: boolean;
  readonly importance: number;
  /** Milliseconds since 1970. */
  readonly lastAccessedMs: number;
  readonly accessCount: number;
  /** The artifact that holds the content; null where the log does. */
  readonly artifactId: string | null;
}

/** How many pages there are where. */
export interface PageTableStats {
  readonly totalPages: number;
  readonly dirtyPages: number;
  readonly pagesByTier: Readonly<Record<StorageTier, number>>;
  readonly pagesByType: Readonly<Record<PageCard['pageType'], number>>;
  readonly pagesByModality: Readonly<Record<PageCard['modality'], number>>;
  /** Pages of L0 and L1. */
  readonly workingSetSize: number;
}

/** What a type adds to the score that keeps a page in the context: claims outlast summaries, those outlast what was said. */
export const TYPE_BONUS: Readonly<Record<PageCard['pageType'], number>> = {
  claim: 0.3,
  index: 0.25,
  procedure: 0.2,
  summary: 0.15,
  artifact: 0.05,
  transcript: 0,
};
