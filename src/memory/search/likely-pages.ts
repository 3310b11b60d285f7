/** A page as it is known before its text is. */
export interface WeighedPage {
  readonly id: string;
  /** See `RankedPage.relevance`. */
  readonly relevance: number;
  /** Tokens of all of it, its line included. */
  readonly tokens: number;
}

/** How a packer takes pages. */
export interface LikelySettings {
  readonly maxTokens: number;
  /** Pages below this many tokens are taken whole or not at all. */
  readonly minFoldTokens: number;
}

/** The first sentences of a page are worth so many times more a token than all of it. */
const BEST_SHARE = 2.5;
/** What a page that is taken in parts takes at least. */
const PART_TOKENS = 24;
/** What is known of pages is a guess, and what a guess leaves out is never looked at. */
const SPARE_SHARE = 0.5;

/**
 * The pages that a packer may find room for, told before anybody reads their texts: those worth most a token, for half more than
 * the room that there is.
 */
export function likelyPages<Page extends WeighedPage>(
  pages: readonly Page[],
  { maxTokens, minFoldTokens }: LikelySettings,
): readonly Page[] {
  const isWhole = ({ tokens }: Page): boolean => tokens < minFoldTokens;
  const valueOf = (page: Page): number =>
    (page.relevance * (isWhole(page) ? 1 : BEST_SHARE)) / Math.max(1, page.tokens);
  const byValue = pages
    .map((page) => ({ page, value: valueOf(page) }))
    .toSorted((left, right) => right.value - left.value);
  let room = maxTokens * (1 + SPARE_SHARE);
  const likely = new Set<Page>();
  for (const { page } of byValue) {
    if (room <= 0) break;
    room -= isWhole(page) ? page.tokens : PART_TOKENS;
    likely.add(page);
  }
  return pages.filter((page) => likely.has(page));
}
