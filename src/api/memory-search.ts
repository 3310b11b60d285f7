import { z } from 'zod';
import { MODALITIES, PAGE_TYPES, STORAGE_TIERS } from '../domain/page.ts';
import type { Modality, PageType, StorageTier } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import type { FoundPage } from '../memory/context/vm-tool-result.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';
import { levelsOf } from '../memory/manager/page-fault.ts';
import { waitFields, type WaitOptions } from './wait.ts';

/** Which pages are looked for. */
export interface MemorySearchOptions extends WaitOptions {
  /** Default 5. */
  readonly limit?: number | undefined;
  readonly modality?: Modality | undefined;
  readonly pageType?: PageType | undefined;
  /** L1 and L2 are told apart by what this process holds, see `MemoryPageView.tier`. */
  readonly tier?: StorageTier | undefined;
}

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 1_000;

const searchSchema = z.strictObject({
  limit: z.int().min(1).max(MAX_LIMIT).optional(),
  modality: z.enum(MODALITIES).optional(),
  pageType: z.enum(PAGE_TYPES).optional(),
  tier: z.enum(STORAGE_TIERS).optional(),
  ...waitFields,
});

/** Checks how a memory shall be searched. @throws INVALID_INPUT naming the field */
export function parseSearchOptions(options: unknown): MemorySearchOptions {
  return parseInput(searchSchema, options, 'options');
}

/** The best pages of a search, and how many match. */
export interface FoundPages {
  readonly pages: readonly FoundPage[];
  readonly total: number;
}

/** Pages that match any word of a query, best first. */
export function findPages(
  { table, index }: MemoryState,
  query: string,
  options: Omit<MemorySearchOptions, keyof WaitOptions> & {
    /** A page that is not looked for. */
    readonly except?: string | null | undefined;
  },
): FoundPages {
  const { limit = DEFAULT_LIMIT, modality, pageType, tier, except = null } = options;
  const filter = {
    modalities: modality === undefined ? undefined : [modality],
    types: pageType === undefined ? undefined : [pageType],
    tiers: tier === undefined ? undefined : [tier],
  };
  const wanted = except === null ? limit : MAX_LIMIT;
  const hits = index.search(query, { limit: wanted, filter });
  const others = hits.filter(({ page }) => page.id !== except);
  const pages = others.slice(0, limit).flatMap(({ page, relevance }): FoundPage[] => {
    const entry = table.lookup(page.id);
    if (entry === null) return [];
    const { card, tier: now, levelTokens } = entry;
    const { modality: kind, hint } = card;
    const levels = levelsOf(levelTokens[0]);
    return [{ pageId: page.id, modality: kind, tier: now, levels, hint, relevance }];
  });
  // A search that gave less than it might has given all there is.
  const isAll = hits.length < wanted;
  const left = hits.length - others.length;
  return { pages, total: isAll ? others.length : index.count(query, filter) - left };
}
