import { PAGE_LEVELS, type Modality, type PageType, type StorageTier } from '../../domain/page.ts';
import type { FoundPage } from '../context/vm-tool-result.ts';
import { searchLimit } from '../search/search-index.ts';
import type { ManagerCore } from './manager-core.ts';
import type { SearchPages } from './manager-options.ts';

/** Which pages are looked for. */
export interface PageSearchOptions {
  /** From 1 to 1,000. Default 5. */
  readonly limit?: number | undefined;
  readonly modality?: Modality | undefined;
  readonly pageType?: PageType | undefined;
  readonly tier?: StorageTier | undefined;
}

/** What a search found. */
export interface PageSearchResult {
  /** Best first. */
  readonly results: readonly FoundPage[];
  /** Pages of the memory, found or not. */
  readonly totalAvailable: number;
}

/** Searches the pages of a memory by their words, their ids and their hints. */
export class PageSearch {
  readonly #core: ManagerCore;
  readonly #own: SearchPages | null;

  constructor(core: ManagerCore, own: SearchPages | null) {
    this.#core = core;
    this.#own = own;
  }

  /** The best matches. @throws INVALID_INPUT for a limit out of range, or a filter for what no page can be. */
  async search(query: string, options: PageSearchOptions = {}): Promise<PageSearchResult> {
    const { table, index } = this.#core.state;
    const limit = searchLimit(options.limit);
    const { modality, pageType, tier } = options;
    const totalAvailable = table.size;
    if (this.#own !== null) {
      const results = await this.#own(query, { modality: modality ?? null, limit });
      return { results, totalAvailable };
    }
    const filter = {
      modalities: modality === undefined ? undefined : [modality],
      types: pageType === undefined ? undefined : [pageType],
      tiers: tier === undefined ? undefined : [tier],
    };
    const hits = index.search(query, { limit, filter });
    const results = hits.flatMap(({ page, relevance }): readonly FoundPage[] => {
      const entry = table.lookup(page.id);
      if (entry === null) return [];
      const { modality: found, hint } = entry.card;
      const levels = this.#core.folds.isShort(page.id) ? [0 as const] : [...PAGE_LEVELS];
      return [{ pageId: page.id, modality: found, tier: entry.tier, levels, hint, relevance }];
    });
    return { results, totalAvailable };
  }
}
