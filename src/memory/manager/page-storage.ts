import type { MemoryPage } from '../../domain/memory-page.ts';
import type { StorageTier } from '../../domain/page.ts';

/** Tiers whose pages are kept outside the process. */
export type StoredTier = Extract<StorageTier, 'L3' | 'L4'>;

/** A page as a store gives it back; content of another kind than JSON is nothing that a memory can show. */
export type StoredMemoryPage = Omit<MemoryPage, 'content'> & { readonly content: unknown };

/** What a memory needs of a store of pages; a `PageVault` is one. */
export interface PageStorage {
  /** Stores a page; once this answers, the page may leave the process. */
  storePage(params: {
    readonly page: MemoryPage;
    readonly tier?: StoredTier | undefined;
  }): Promise<{ readonly artifactId: string }>;
  /** The page; null when there is none under this id. */
  loadPage(params: { readonly artifactId: string }): Promise<StoredMemoryPage | null>;
  /** Brings a page to another tier under the same id; false when there is none. */
  movePage(params: { readonly artifactId: string; readonly tier: StoredTier }): Promise<boolean>;
  /** Stores pages, and a list of them in one step. */
  checkpoint(params: {
    readonly name: string;
    readonly pages: readonly MemoryPage[];
    readonly stored?: readonly { readonly pageId: string; readonly artifactId: string }[];
    readonly order: readonly string[];
    readonly pins: readonly string[];
    readonly turn: number;
    readonly nowMs: number;
  }): Promise<{ readonly checkpointId: string; readonly pageCount: number }>;
  /** A checkpoint with its pages; null when there is none under this id. */
  loadCheckpoint(params: { readonly checkpointId: string }): Promise<{
    readonly turn: number;
    readonly order: readonly string[];
    readonly pins: readonly string[];
    readonly pages: readonly StoredMemoryPage[];
    readonly lost: readonly { readonly pageId: string }[];
  } | null>;
}
