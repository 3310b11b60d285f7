import { isSameCut, type PageRepresentation } from '../../domain/page-mutation.ts';
import type { OutlineText } from '../search/outline-memo.ts';
import { foldOutline } from '../search/page-outline.ts';
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
  /** Where calls are shown apart from words: what a turn says, and the arguments of its calls in their order. */
  readonly turn?: { readonly words: string; readonly asked: readonly string[] } | undefined;
}

/** What pages are cut with. */
export interface PageCutting {
  readonly countTokens: CountText;
  readonly outline: OutlineText;
  /** The words that a focus is made of. */
  readonly focusTerms: (focus: string) => ReadonlySet<string>;
}

/**
 * What a representation shows of a page: the text that somebody wrote, or the cut that its limit and its focus give, which is
 * the same on every machine.
 */
export function showPage(
  text: string,
  representation: PageRepresentation,
  { countTokens, outline, focusTerms }: PageCutting,
): ShownPage {
  const { text: written, maxTokens, focus } = representation;
  const cut = written ?? foldOutline(outline(text), maxTokens ?? Infinity, focusTerms(focus ?? ''));
  return { representation, text: cut, tokens: countTokens(cut) + LINE_TOKENS };
}

/** Whether two representations of one page show the same. */
export function isSameRepresentation(left: PageRepresentation, right: PageRepresentation): boolean {
  return left.level === right.level && isSameCut(left, right);
}

/** Makes words of a focus; those of the latest are remembered, since all pages of a context have the same. */
export function rememberFocus(): PageCutting['focusTerms'] {
  let known = { text: '', terms: new Set<string>() };
  return (focus) => {
    if (known.text !== focus) known = { text: focus, terms: new Set(searchTerms(focus)) };
    return known.terms;
  };
}
