import type { PageRepresentation } from '../../domain/page-mutation.ts';
import { foldOutline, outlinePage } from '../search/page-outline.ts';
import type { CountText } from '../search/page-outline.ts';
import { searchTerms } from '../search/search-terms.ts';

/** Tokens that a page costs besides its text, for its id, who speaks and the line. */
export const LINE_TOKENS = 8;

/** What is shown of a page that is not shown whole. */
export interface ShownPage {
  readonly representation: PageRepresentation;
  readonly text: string;
  /** With its line. */
  readonly tokens: number;
}

/**
 * What a representation shows of a page: the text that somebody wrote, or the cut that its limit and its focus give, which is
 * the same on every machine.
 */
export function showPage(
  text: string,
  representation: PageRepresentation,
  countTokens: CountText,
): ShownPage {
  const { text: written, maxTokens, focus } = representation;
  const cut = written ?? cutText(text, { maxTokens: maxTokens ?? Infinity, focus, countTokens });
  return { representation, text: cut, tokens: countTokens(cut) + LINE_TOKENS };
}

function cutText(
  text: string,
  options: {
    readonly maxTokens: number;
    readonly focus: string | null;
    readonly countTokens: CountText;
  },
): string {
  const { maxTokens, focus, countTokens } = options;
  return foldOutline(outlinePage(text, countTokens), maxTokens, new Set(searchTerms(focus ?? '')));
}
