/** What can be found of a page by its hint. */
export interface HintedPage {
  readonly pageId: string;
  readonly hint: string;
}

/** A page that was found, and how well it fits. */
export interface HintHit {
  readonly pageId: string;
  readonly relevance: number;
}

const ID_RELEVANCE = 1;
const HINT_RELEVANCE = 0.8;

/**
 * Pages whose id (relevance 1) or hint (0.8) has the query in it as it stands, upper and lower case alike: ids first, each in the
 * order of the pages. An empty query finds nothing.
 */
export function searchHints(pages: Iterable<HintedPage>, query: string): readonly HintHit[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  const byId: HintHit[] = [];
  const byHint: HintHit[] = [];
  for (const { pageId, hint } of pages) {
    if (pageId.toLowerCase().includes(wanted)) byId.push({ pageId, relevance: ID_RELEVANCE });
    else if (hint.toLowerCase().includes(wanted))
      byHint.push({ pageId, relevance: HINT_RELEVANCE });
  }
  return [...byId, ...byHint];
}
