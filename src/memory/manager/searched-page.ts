import type { SearchPage } from '../search/search-page.ts';
import type { PageContent } from './page-contents.ts';

/** A page as the search index takes it in. */
export function toSearchPage({ page, text }: PageContent): SearchPage {
  const { pageId, pageType, modality, role, speaker, createdAtMs, hint } = page;
  return {
    id: pageId,
    text: text === '' ? hint : text,
    type: pageType,
    modality,
    tier: 'L1',
    role: role ?? undefined,
    speaker: speaker ?? undefined,
    createdAtMs,
  };
}
