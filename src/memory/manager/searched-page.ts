import type { SearchPage } from '../search/search-page.ts';
import type { PageContent } from './page-contents.ts';

/** A page as the search index takes it in, found by a text. */
export function toSearchPage({ page }: PageContent, text: string): SearchPage {
  const { pageId, pageType, modality, role, speaker, createdAtMs } = page;
  return {
    id: pageId,
    text,
    type: pageType,
    modality,
    tier: 'L1',
    role: role ?? undefined,
    speaker: speaker ?? undefined,
    createdAtMs,
  };
}
