import type { Compaction, PlacedPage } from '../../domain/memory-change.ts';
import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import type { SearchIndex } from '../search/search-index.ts';
import type { PageTable } from '../table/page-table.ts';
import { type ContextPlace, ContextPlaces } from './context-places.ts';
import type { MemoryStateOptions } from './memory-state-options.ts';
import type { PageArrival, PageContent, PageContents } from './page-contents.ts';
import { RecentTurns } from './recent-turns.ts';
import { SessionPages } from './session-pages.ts';
import { TurnLoads } from './turn-loads.ts';

/** What leaves the context beyond the need, of all of it. */
const SPARE_SHARE = 1 / 32;
/** Pages that a manifest names at most. */
export const MAX_AVAILABLE = 50;

/** A page as it stands in the context. */
export interface StandingPage extends ContextPlace {
  readonly pageId: string;
}

/** A page as it stands in the context, and what it takes there. */
export interface ContextPage extends StandingPage {
  readonly tokens: number;
}

/**
 * What the model sees of the pages of one session. Everything is a fold: the same pages and changes in the same order give the
 * same state, whoever made them.
 */
export class MemoryState {
  readonly pages: SessionPages;
  readonly table: PageTable;
  readonly contents: PageContents;
  readonly index: SearchIndex;
  readonly turns: RecentTurns;
  readonly loads: TurnLoads;
  readonly places: ContextPlaces;
  /** Pages that somebody pinned, in the context or not, in the order in which they were. */
  readonly explicitPins: Set<string> = new Set();
  /** Pages named by the manifest since the last compaction. */
  available: readonly string[] = [];
  /** Pages that did not find room in the context since it was put together last, or left it then to make room. */
  missedPages: number = 0;
  /** Tokens that the context was put together for last; null before the first time, and where that is not known. */
  roomTokens: number | null = null;
  /** Pinned pages for which there was no room when the context was put together last. */
  unplacedPins: Set<string> = new Set();
  /** Counts everything that can change what a context shows. */
  version: number = 0;
  /** The version of the context as it was put together last. */
  #putTogether = -1;

  constructor(options: MemoryStateOptions) {
    this.pages = new SessionPages(options);
    this.table = this.pages.table;
    this.contents = this.pages.contents;
    this.index = this.pages.index;
    this.places = new ContextPlaces(this.pages);
    this.turns = new RecentTurns(options.keptTurns, options.from?.turns);
    this.loads = new TurnLoads(this.turns);
  }

  /** Whether nothing has changed since the context was put together last. */
  get isAsPutTogether(): boolean {
    return this.version === this.#putTogether;
  }

  /** Tokens of all pages of the context, lines included. */
  get usedTokens(): number {
    return this.table.set.figures().usedTokens;
  }

  /** Takes in a page of the conversation; a question begins the next turn. */
  hearPage(content: PageContent, arrival: PageArrival): void {
    const { pageId, role, pageType } = content.page;
    const isQuestion = role === 'user' && pageType === 'transcript';
    this.turns.add(pageId, isQuestion);
    this.loads.noteNews();
    this.pages.release();
    if (isQuestion) this.table.startTurn(this.turns.turn);
    this.pages.add(content, arrival);
  }

  /** As {@link hearPage}; the page joins the context at its end, and the oldest that may leave do so when it would not fit. */
  joinPage(content: PageContent, arrival: PageArrival): void {
    this.hearPage(content, arrival);
    if (this.makeRoom(arrival.tokens)) this.#enter(content.page.pageId, arrival.atMs);
    else this.missedPages += 1;
    this.version += 1;
  }

  /** Replaces what a page says; false when there is no such page. */
  rewritePage(content: PageContent, tokens: number): boolean {
    const { pageId } = content.page;
    const before = this.pages.rewrite(content);
    if (before === null) return false;
    this.places.dropDraft(pageId);
    const more = tokens - before.tokens;
    if (before.tier === 'L0' && more > 0 && !this.makeRoom(more)) {
      // It costs what it costs, and there is no room for that.
      this.leave(pageId);
      this.missedPages += 1;
    }
    if (this.table.showAt(pageId, 0, tokens) === 'done') this.places.clear(pageId);
    this.version += 1;
    return true;
  }

  /** Takes in a page that somebody wrote, or what they wrote in place of it. */
  writePage(content: PageContent, atMs: number): void {
    const tokens = this.pages.wholeTokens(content.text);
    if (!this.rewritePage(content, tokens)) this.pages.add(content, { tokens, atMs });
    this.#offer(content.page.pageId);
    this.version += 1;
  }

  /** Lets the oldest pages that are not pinned leave until so many tokens fit; false when that is impossible. */
  makeRoom(tokens: number): boolean {
    const { availableTokens, evictableTokens, totalTokens } = this.table.set.figures();
    if (tokens > availableTokens + evictableTokens) return false;
    if (tokens <= availableTokens) return true;
    // A little more than is needed, so that a long log does not go through the context for every message.
    let missing = tokens - availableTokens + Math.floor(totalTokens * SPARE_SHARE);
    for (const pageId of this.table.idsOfTier('L0')) {
      if (missing <= 0) break;
      const entry = this.table.lookup(pageId);
      if (entry === null || entry.pin !== 'none' || entry.tokens === 0) continue;
      missing -= entry.tokens;
      this.leave(pageId);
      this.missedPages += 1;
    }
    return tokens <= this.table.set.figures().availableTokens;
  }

  /** The pages of the context in their order. */
  context(): readonly ContextPage[] {
    return this.table.idsOfTier('L0').map((pageId) => this.contextPage(pageId));
  }

  /** The pages of the context in their order, where nobody asks what they take: to look that up takes longer than all else. */
  standing(): readonly StandingPage[] {
    return this.table.idsOfTier('L0').map((pageId) => {
      const { form, shown } = this.places.of(pageId);
      return { pageId, form, shown };
    });
  }

  /** A page of the context. */
  contextPage(pageId: string): ContextPage {
    const tokens = this.table.lookup(pageId)?.tokens ?? 0;
    const { form, shown } = this.places.of(pageId);
    return { pageId, tokens, form, shown };
  }

  /** Makes these pages the context, in this order; contents have to be here. */
  replaceContext(compaction: Compaction, atMs: number): void {
    const { pages, available } = compaction;
    const staying = new Set(pages.map(({ pageId }) => pageId));
    for (const pageId of this.table.idsOfTier('L0')) if (!staying.has(pageId)) this.leave(pageId);
    this.pages.cool();
    // Those that stay may be shown at less first, so that the others fit.
    for (const place of pages) if (this.isInContext(place.pageId)) this.places.show(place);
    for (const place of pages) this.#place(place, atMs);
    this.places.dropDrafts();
    this.available = available;
    this.missedPages = 0;
    this.roomTokens = compaction.roomTokens ?? null;
    this.unplacedPins = new Set([...this.explicitPins].filter((id) => !this.isInContext(id)));
    this.noteCompaction(compaction);
    this.version += 1;
    this.#putTogether = this.version;
  }

  /** Notes that the context was put together anew, whatever it shows. */
  noteCompaction({ cause, question }: Compaction): void {
    this.loads.noteLooked(question ?? null);
    if (cause === 'recall') this.loads.noteRecall(question ?? null);
  }

  /** Puts pages at the end of the context, or before a page of it; contents have to be here. */
  appendPages(
    pages: readonly PlacedPage[],
    { atMs, before }: { readonly atMs: number; readonly before: string | null },
  ): void {
    const order = this.table.idsOfTier('L0');
    const from = before === null ? -1 : order.indexOf(before);
    const moved = new Set(pages.map(({ pageId }) => pageId));
    for (const place of pages) {
      this.#place(place, atMs);
      if (this.isInContext(place.pageId)) this.table.protect(place.pageId);
    }
    for (const pageId of from < 0 ? [] : order.slice(from)) {
      if (!moved.has(pageId) && this.isInContext(pageId)) this.table.admit(pageId, atMs);
    }
    this.version += 1;
  }

  /** Pins a page, or takes its pins off. */
  setPinned(pageId: string, isPinned: boolean): void {
    if (!this.table.has(pageId)) return;
    this.unplacedPins.delete(pageId);
    if (isPinned) {
      this.table.pin(pageId, 'explicit');
      this.explicitPins.add(pageId);
    } else {
      this.table.release(pageId, 'explicit');
      this.explicitPins.delete(pageId);
    }
    this.version += 1;
  }

  /** Whether a page stands in the context. */
  isInContext(pageId: string): boolean {
    return this.table.tierOf(pageId) === 'L0';
  }

  /** Takes a page out of the context. Below it a page is whole again, and costs what all of it does; contents are let go with the next page. */
  leave(pageId: string, tier: LowerTier = 'L1'): void {
    this.places.clear(pageId);
    const entry = this.table.lookup(pageId);
    this.table.moveTo(pageId, tier, { asVictim: true });
    if (entry !== null && entry.level !== 0)
      this.table.showAt(pageId, 0, entry.levelTokens[0] ?? entry.tokens);
    this.index.move(pageId, tier);
    this.version += 1;
  }

  /** Puts a page at the end of the context, for which there has to be room, or shows one of the context otherwise. */
  placePage(place: PlacedPage, atMs: number): boolean {
    const isShown = this.contents.get(place.pageId) !== null && this.places.show(place) !== null;
    if (isShown && !this.isInContext(place.pageId)) this.#enter(place.pageId, atMs);
    this.version += 1;
    return isShown && this.isInContext(place.pageId);
  }

  /** Forgets a page. */
  removePage(pageId: string): boolean {
    if (!this.pages.remove(pageId)) return false;
    this.places.clear(pageId);
    this.places.dropDraft(pageId);
    this.explicitPins.delete(pageId);
    this.unplacedPins.delete(pageId);
    this.turns.remove(pageId);
    this.version += 1;
    return true;
  }

  /** Gives the memory of the kernel back. */
  close(): void {
    this.pages.close();
  }

  #place(place: PlacedPage, atMs: number): void {
    const { pageId } = place;
    if (this.contents.get(pageId) === null) return;
    const tokens = this.places.show(place);
    if (tokens === null) return;
    if (!this.isInContext(pageId) && !this.makeRoom(tokens)) return;
    this.#enter(pageId, atMs);
    this.places.set(pageId, { form: place.form, shown: this.places.shownOf(place) });
  }

  /** Names a page in the manifest that is not in the context. */
  #offer(pageId: string): void {
    if (this.isInContext(pageId) || this.available.includes(pageId)) return;
    this.available = [pageId, ...this.available].slice(0, MAX_AVAILABLE);
  }

  #enter(pageId: string, atMs: number): void {
    if (this.table.admit(pageId, atMs) === 'done') this.index.move(pageId, 'L0');
  }
}
