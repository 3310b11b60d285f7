import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import { SearchIndex } from '../search/search-index.ts';
import type { PageEntry } from '../table/page-entry.ts';
import { PageTable } from '../table/page-table.ts';
import { HotPages } from './hot-pages.ts';
import type { MemoryStateOptions } from './memory-state-options.ts';
import { type PageArrival, PageContents, type PageContent } from './page-contents.ts';
import { searchWords, toSearchPage } from './searched-page.ts';
import { LINE_TOKENS, type PageCutting, rememberFocus } from './shown-page.ts';

/** The pages of one session, wherever they are: which there are, what they say as far as that is here, and what they are found by. */
export class SessionPages {
  readonly table: PageTable;
  readonly contents: PageContents;
  readonly index: SearchIndex;
  readonly cutting: PageCutting;
  readonly #hot: HotPages;
  readonly #indexesHints: boolean;
  /** Pages that say again what other pages say: claims, and summaries of what is there. */
  readonly #derived = new Set<string>();

  constructor(options: MemoryStateOptions) {
    const { from } = options;
    const set =
      from?.set ??
      options.kernel.openWorkingSet({
        totalTokens: options.maxContextTokens,
        reservedTokens: options.reservedTokens ?? 0,
        policy: options.policy,
      });
    this.table = new PageTable(set);
    this.index = from?.index ?? new SearchIndex();
    this.contents = new PageContents(options.load);
    const { countTokens, outline } = options;
    this.cutting = { countTokens, outline, focusTerms: rememberFocus() };
    this.#indexesHints = options.indexHints ?? false;
    const { table, index, contents } = this;
    this.#hot = new HotPages({ ...options, table, index, contents });
  }

  /** Pages that say what no other page says, in the context or not. */
  get originals(): number {
    return this.table.size - this.#derived.size;
  }

  /** Whether a page says what no other page says. */
  isOriginal(pageId: string): boolean {
    return !this.#derived.has(pageId);
  }

  /** Takes in a page that nobody sees yet. */
  add(content: PageContent, arrival: PageArrival): void {
    const { tokens, atMs, isIndexed = true, isDerived = false } = arrival;
    const { content: _, ...card } = content.page;
    if (isDerived) this.#derived.add(card.pageId);
    this.table.register({ card, tokens, atMs });
    this.contents.hold(content);
    const words = isIndexed ? this.#searchText(content) : null;
    if (words !== null) this.index.add(toSearchPage(content, words));
    // It may be about to join the context.
    this.#hot.cool(card.pageId);
  }

  /** Replaces what a page says, but not what it costs; returns the page as it was, or null when there is none. */
  rewrite(content: PageContent): PageEntry | null {
    const { content: _, ...card } = content.page;
    const entry = this.table.lookup(card.pageId);
    if (entry === null) return null;
    this.table.describe(card);
    this.contents.hold(content);
    const text = this.#searchText(content);
    const found = { id: card.pageId, type: card.pageType, tier: entry.tier };
    if (text === null) this.index.remove(card.pageId);
    else this.index.update({ ...found, text });
    return entry;
  }

  /** Moves a page that is not in the context to another tier below it. */
  shelve(pageId: string, tier: LowerTier): void {
    this.table.moveTo(pageId, tier);
    this.index.move(pageId, tier);
  }

  /** Forgets a page. */
  remove(pageId: string): boolean {
    if (!this.table.remove(pageId)) return false;
    this.#derived.delete(pageId);
    this.contents.drop(pageId);
    this.index.remove(pageId);
    return true;
  }

  /** Loads contents and keeps them beside the context, however many they are, until others are asked for. */
  async ensure(pageIds: readonly string[]): Promise<void> {
    await this.#hot.ensure(pageIds);
  }

  /** Those that asked for contents have read them. */
  release(): void {
    this.#hot.release();
  }

  /** Lets contents go that are too many beside the context, those that were used longest ago first. */
  cool(): void {
    this.#hot.cool();
  }

  /** What a page costs with its line when all of it is shown. */
  wholeTokens(text: string): number {
    return this.cutting.countTokens(text) + LINE_TOKENS;
  }

  /** Gives the memory of the kernel back. */
  close(): void {
    this.table.set.close();
  }

  /** What a page is found by; null for nothing. */
  #searchText(content: PageContent): string | null {
    const { page, text } = content;
    if (text === '') return page.hint;
    const words = searchWords(content);
    return words !== null && this.#indexesHints && page.hint !== ''
      ? `${page.hint}\n${words}`
      : words;
  }
}
