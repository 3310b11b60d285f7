import { VM_TOOL_NAMES } from '../context/vm-tools.ts';
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

/** How the calls of the memory's own tools begin in the text of a page. */
const OWN_CALLS = VM_TOOL_NAMES.map((name) => `${name}(`);

/**
 * What a page is found by: its words without the calls by which a model looks into its memory, which say what is looked for and not
 * where it is. Null for a page that holds nothing else, as the result of such a call, which says again what other pages say.
 */
export function searchWords({ page, text }: PageContent): string | null {
  const { role, toolName } = page;
  if (role === 'tool') return VM_TOOL_NAMES.some((name) => name === toolName) ? null : text;
  if (role !== 'assistant' || !OWN_CALLS.some((call) => text.includes(call))) return text;
  const isOwn = (line: string): boolean => OWN_CALLS.some((call) => line.startsWith(call));
  const others = text.split('\n').filter((line) => !isOwn(line));
  return others.length === 0 ? null : others.join('\n');
}
