import { z } from 'zod';
import { MODALITIES, PAGE_LEVELS, PAGE_TYPES, STORAGE_TIERS } from '../domain/page.ts';
import type { Modality, PageType, StorageTier } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import type { FoundPage } from '../memory/context/vm-tool-result.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';
import { waitFields, type WaitOptions } from './wait.ts';

/** Which pages are looked for. */
export interface MemorySearchOptions extends WaitOptions {
  /** Default 5. */
  readonly limit?: number | undefined;
  readonly modality?: Modality | undefined;
  readonly pageType?: PageType | undefined;
  readonly tier?: StorageTier | undefined;
}

const DEFAULT_LIMIT = 5;

const searchSchema = z.strictObject({
  limit: z.int().min(1).max(1_000).optional(),
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
  options: Omit<MemorySearchOptions, keyof WaitOptions>,
): FoundPages {
  const { limit = DEFAULT_LIMIT, modality, pageType, tier } = options;
  const filter = {
    modalities: modality === undefined ? undefined : [modality],
    types: pageType === undefined ? undefined : [pageType],
    tiers: tier === undefined ? undefined : [tier],
  };
  const hits = index.search(query, { limit, filter });
  const pages = hits.flatMap(({ page, relevance }): FoundPage[] => {
    const entry = table.lookup(page.id);
    if (entry === null) return [];
    const { card, tier: now } = entry;
    const { modality: kind, hint } = card;
    const levels = [...PAGE_LEVELS];
    return [{ pageId: page.id, modality: kind, tier: now, levels, hint, relevance }];
  });
  // A search that gave less than it might has given all there is.
  const isAll = hits.length < limit;
  return { pages, total: isAll ? pages.length : index.count(query, filter) };
}
