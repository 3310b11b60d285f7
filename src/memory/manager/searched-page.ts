import { declaredCalls } from '../../domain/tool-call.ts';
import { VM_TOOL_NAMES } from '../context/vm-tools.ts';
import type { SearchPage } from '../search/search-page.ts';
import type { PageContent } from './page-contents.ts';
import { callText } from './session-page.ts';

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
/** What their results say; a tool of somebody else may have the same name. */
const OWN_RESULT = /"(?:promoted_to_working_set|total_available)":/;

/**
 * What a page is found by: its words without the calls by which a model looks into its memory, which say what is looked for and not
 * where it is. Null for a page that holds nothing else, as the result of such a call, which says again what other pages say.
 */
export function searchWords({ page, text, event }: PageContent): string | null {
  const { role, toolName } = page;
  if (role === 'tool') return isOwnTool(toolName ?? '') && OWN_RESULT.test(text) ? null : text;
  if (event === null || !OWN_CALLS.some((call) => text.includes(call))) return text;
  const calls = declaredCalls(event.message).filter(({ name }) => isOwnTool(name));
  const words = calls.reduce((rest, call) => rest.replace(callText(call), () => ''), text);
  return words.trim() === '' ? null : words;
}

function isOwnTool(name: string): boolean {
  return VM_TOOL_NAMES.some((own) => own === name);
}
