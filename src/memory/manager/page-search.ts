import { InvalidInput } from '../../domain/errors.ts';
import { PAGE_LEVELS, type Modality, type PageType, type StorageTier } from '../../domain/page.ts';
import type { FoundPage } from '../context/vm-tool-result.ts';
import { type HintHit, searchHints } from '../search/hint-search.ts';
import { searchLimit } from '../search/search-index.ts';
import { allows, assertFilter, type SearchFilter } from '../search/search-page.ts';
import type { ManagerCore } from './manager-core.ts';
import type { SearchPages } from './manager-options.ts';

const SEARCHED_BY = ['words', 'hints'] as const;

/** Which pages are looked for. */
export interface PageSearchOptions {
  /** From 1 to 1,000. Default 5. */
  readonly limit?: number | undefined;
  readonly modality?: Modality | undefined;
  readonly pageType?: PageType | undefined;
  readonly tier?: StorageTier | undefined;
  /**
   * What a query is compared with: all `words` of pages, rare ones counting more, or only their ids (relevance 1) and `hints` (0.8),
   * in which the query has to stand as it is. A search of yours decides by itself. Default `words`.
   */
  readonly by?: (typeof SEARCHED_BY)[number] | undefined;
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
    const totalAvailable = this.#core.state.table.size;
    const limit = searchLimit(options.limit);
    const { modality, pageType, tier, by = 'words' } = options;
    if (!SEARCHED_BY.includes(by))
      throw new InvalidInput({ field: 'by', expected: `one of ${SEARCHED_BY.join(', ')}` });
    if (this.#own !== null) {
      const results = await this.#own(query, { modality: modality ?? null, limit });
      return { results, totalAvailable };
    }
    const filter: SearchFilter = {
      modalities: modality === undefined ? undefined : [modality],
      types: pageType === undefined ? undefined : [pageType],
      tiers: tier === undefined ? undefined : [tier],
    };
    const asked = { query, limit, filter };
    const hits = by === 'hints' ? this.#byHints(asked) : this.#byWords(asked);
    return { results: hits.flatMap((hit) => this.#found(hit) ?? []), totalAvailable };
  }

  #byWords({ query, limit, filter }: Asked): readonly HintHit[] {
    const hits = this.#core.state.index.search(query, { limit, filter });
    return hits.map(({ page, relevance }) => ({ pageId: page.id, relevance }));
  }

  #byHints({ query, limit, filter }: Asked): readonly HintHit[] {
    assertFilter(filter);
    const { table } = this.#core.state;
    const { types, modalities, tiers } = filter;
    const pages = [...table.ids()].flatMap((id) => {
      const card = table.cardOf(id);
      const isWanted =
        card !== null && allows(types, card.pageType) && allows(modalities, card.modality);
      const isThere = tiers === undefined || allows(tiers, table.lookup(id)?.tier ?? null);
      return isWanted && isThere ? [card] : [];
    });
    return searchHints(pages, query).slice(0, limit);
  }

  #found({ pageId, relevance }: HintHit): FoundPage | null {
    const entry = this.#core.state.table.lookup(pageId);
    if (entry === null) return null;
    const { modality, hint } = entry.card;
    const levels = this.#core.folds.isShort(pageId) ? [0 as const] : [...PAGE_LEVELS];
    return { pageId, modality, tier: entry.tier, levels, hint, relevance };
  }
}

interface Asked {
  readonly query: string;
  readonly limit: number;
  readonly filter: SearchFilter;
}
