import type { MemoryChange, PlacedPage, PlaceForm } from '../../domain/memory-change.ts';
import type { PageRepresentation } from '../../domain/page-mutation.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import type { OutlineText } from '../search/outline-memo.ts';
import type { CountText } from '../search/page-outline.ts';
import { SearchIndex } from '../search/search-index.ts';
import { searchTerms } from '../search/search-terms.ts';
import { PageTable } from '../table/page-table.ts';
import { PageContents, type LoadContents, type PageContent } from './page-contents.ts';
import { RecentTurns } from './recent-turns.ts';
import { LINE_TOKENS, type ShownPage, showPage } from './shown-page.ts';

/** What leaves the context beyond the need, of all of it. */
const SPARE_SHARE = 1 / 32;
/** How far the pages beside the context may exceed their limit before the excess goes. */
const HOT_SLACK = 1 / 4;

/** What a memory is made with. */
export interface MemoryStateOptions {
  readonly kernel: Kernel;
  readonly countTokens: CountText;
  readonly outline: OutlineText;
  readonly load: LoadContents;
  readonly policy: EvictionWeights;
  /** Tokens of the context; pages beyond leave it, the oldest first. */
  readonly maxContextTokens: number;
  /** Pages whose content stays in the process besides those of the context. */
  readonly maxHotPages: number;
  /** Turns before the open one that are remembered. */
  readonly keptTurns: number;
}

/** A page as it stands in the context. */
export interface ContextPage {
  readonly pageId: string;
  readonly form: PlaceForm;
  /** Null for all of it. */
  readonly shown: ShownPage | null;
  readonly tokens: number;
}

/**
 * The pages of one session, where they are, and what the model sees of them. Everything is a fold: the same pages and changes in
 * the same order give the same state, whoever made them.
 */
export class MemoryState {
  readonly table: PageTable;
  readonly contents: PageContents;
  readonly index: SearchIndex = new SearchIndex();
  readonly countTokens: CountText;
  readonly outline: OutlineText;
  readonly turns: RecentTurns;
  readonly #maxHotPages: number;
  /** How pages of the context are shown when it is not as whole messages. */
  readonly #places = new Map<string, Omit<ContextPage, 'pageId' | 'tokens'>>();
  /** Cuts of pages that are about to be placed, so that they need not be made again. */
  readonly #drafts = new Map<string, ShownPage>();
  #focus: { readonly text: string; readonly terms: ReadonlySet<string> } | null = null;
  /** Pages named by the manifest since the last compaction. */
  available: readonly string[] = [];
  /** The turn for whose question the context was put together last; null before the first. */
  recalledTurn: number | null = null;
  /** What the model loaded in the open turn, and how often it failed to. */
  #faults: TurnFaults = NO_FAULTS;
  /** Counts everything that can change what a context shows. */
  version: number = 0;

  constructor(options: MemoryStateOptions) {
    const set = options.kernel.openWorkingSet({
      totalTokens: options.maxContextTokens,
      reservedTokens: 0,
      policy: options.policy,
    });
    this.table = new PageTable(set);
    this.contents = new PageContents(options.load);
    this.countTokens = options.countTokens;
    this.outline = options.outline;
    this.turns = new RecentTurns(options.keptTurns);
    this.#maxHotPages = options.maxHotPages;
  }

  /** What the model loaded in the open turn. */
  get faults(): TurnFaults {
    return this.#faults.turn === this.turns.turn
      ? this.#faults
      : { ...NO_FAULTS, turn: this.turns.turn };
  }

  /** Tokens of all pages of the context, lines included. */
  get usedTokens(): number {
    return this.table.set.figures().usedTokens;
  }

  /** Takes in a page that nobody sees yet. */
  addPage(content: PageContent, { tokens, atMs }: PageArrival): void {
    const { content: _, ...card } = content.page;
    this.table.register({ card, tokens, atMs });
    this.contents.hold(content);
    this.index.add({
      id: card.pageId,
      text: content.text === '' ? card.hint : content.text,
      type: card.pageType,
      modality: card.modality,
      tier: 'L1',
      role: card.role ?? undefined,
      speaker: card.speaker ?? undefined,
      createdAtMs: card.createdAtMs,
    });
    this.#coolHotPages();
  }

  /** Takes in a page of the conversation; a question begins the next turn. */
  hearPage(content: PageContent, arrival: PageArrival): void {
    const { pageId, role, pageType } = content.page;
    const isQuestion = role === 'user' && pageType === 'transcript';
    this.turns.add(pageId, isQuestion);
    if (isQuestion) this.table.startTurn(this.turns.turn);
    this.addPage(content, arrival);
  }

  /** As {@link hearPage}; the page joins the context at its end, and the oldest that may leave do so when it would not fit. */
  joinPage(content: PageContent, arrival: PageArrival): void {
    this.hearPage(content, arrival);
    if (this.makeRoom(arrival.tokens)) this.#enter(content.page.pageId, arrival.atMs);
    this.version += 1;
  }

  /** Replaces what a page says; false when there is no such page. */
  rewritePage(content: PageContent, tokens: number): boolean {
    const { content: _, ...card } = content.page;
    const { pageId } = card;
    const entry = this.table.lookup(pageId);
    if (entry === null) return false;
    this.table.describe(card);
    this.contents.hold(content);
    this.#drafts.delete(pageId);
    this.index.update({ id: pageId, text: content.text, type: card.pageType, tier: entry.tier });
    if (entry.tier === 'L0' && tokens > entry.tokens) this.makeRoom(tokens - entry.tokens);
    if (this.table.showAt(pageId, 0, tokens) === 'done') this.#places.delete(pageId);
    this.version += 1;
    return true;
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
    }
    return tokens <= this.table.set.figures().availableTokens;
  }

  /** The pages of the context in their order. */
  context(): readonly ContextPage[] {
    return this.table.idsOfTier('L0').map((pageId) => this.contextPage(pageId));
  }

  /** A page of the context. */
  contextPage(pageId: string): ContextPage {
    const tokens = this.table.lookup(pageId)?.tokens ?? 0;
    const place = this.#places.get(pageId);
    return { pageId, tokens, form: place?.form ?? 'turn', shown: place?.shown ?? null };
  }

  /** Makes these pages the context, in this order; contents have to be here. */
  replaceContext({ pages, available, cause }: Compaction, atMs: number): void {
    const staying = new Set(pages.map(({ pageId }) => pageId));
    for (const pageId of this.table.idsOfTier('L0')) if (!staying.has(pageId)) this.leave(pageId);
    // Those that stay may be shown at less first, so that the others fit.
    for (const place of pages) if (this.isInContext(place.pageId)) this.#show(place);
    for (const place of pages) this.#place(place, atMs);
    this.#drafts.clear();
    this.available = available;
    if (cause === 'recall') this.recalledTurn = this.turns.turn;
    this.version += 1;
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

  /** Counts what the model loaded. */
  noteFault(tokens: number): void {
    const { turn, count, tokens: before, failures } = this.faults;
    this.#faults = { turn, count: count + 1, tokens: before + tokens, failures };
  }

  /** Counts what the model asked for in vain. */
  noteFailedFault(): void {
    this.#faults = { ...this.faults, failures: this.faults.failures + 1 };
  }

  /** What the open turn asks, as far as it is in this process. */
  questionText(): string {
    const [first = ''] = this.turns.current.pageIds;
    return this.contents.get(first)?.text ?? '';
  }

  /** Pins a page, or takes its pins off. */
  setPinned(pageId: string, isPinned: boolean): void {
    if (!this.table.has(pageId)) return;
    if (isPinned) this.table.pin(pageId, 'explicit');
    else this.table.unpin(pageId);
    this.version += 1;
  }

  /** Whether a page stands in the context. */
  isInContext(pageId: string): boolean {
    return this.table.lookup(pageId)?.tier === 'L0';
  }

  /** Takes a page out of the context. Its content leaves the process. */
  leave(pageId: string): void {
    this.#places.delete(pageId);
    const entry = this.table.lookup(pageId);
    if (entry !== null && entry.level !== 0)
      this.table.showAt(pageId, 0, entry.levelTokens[0] ?? entry.tokens);
    this.table.moveTo(pageId, 'L1', { asVictim: true });
    this.index.move(pageId, 'L1');
    this.#coolHotPages();
  }

  /** Loads contents and keeps them beside the context. */
  async ensure(pageIds: readonly string[]): Promise<void> {
    const known = pageIds.filter((id) => this.table.has(id));
    await this.contents.ensure(known);
    for (const id of known) {
      const isHere = this.contents.get(id) !== null;
      if (isHere && this.table.lookup(id)?.isResident === false) this.#warm(id);
    }
    this.#coolHotPages();
  }

  /** Forgets a page. */
  removePage(pageId: string): boolean {
    if (!this.table.remove(pageId)) return false;
    this.#places.delete(pageId);
    this.#drafts.delete(pageId);
    this.contents.drop(pageId);
    this.index.remove(pageId);
    this.turns.remove(pageId);
    this.version += 1;
    return true;
  }

  /** Gives the memory of the kernel back. */
  close(): void {
    this.table.set.close();
  }

  /** What a page costs with its line when all of it is shown. */
  wholeTokens(text: string): number {
    return this.countTokens(text) + LINE_TOKENS;
  }

  #place(place: PlacedPage, atMs: number): void {
    const { pageId } = place;
    if (this.contents.get(pageId) === null) return;
    const tokens = this.#show(place);
    if (tokens === null) return;
    if (!this.isInContext(pageId) && !this.makeRoom(tokens)) return;
    this.#enter(pageId, atMs);
    this.#places.set(pageId, { form: place.form, shown: this.shownOf(place) });
  }

  /** Sets the level and the cost of a page; null when it cannot be shown so. */
  #show(place: PlacedPage): number | null {
    const { pageId } = place;
    const entry = this.table.lookup(pageId);
    if (entry === null) return null;
    const shown = this.shownOf(place);
    const level = shown?.representation.level ?? 0;
    const tokens = shown?.tokens ?? entry.levelTokens[0] ?? 0;
    if (this.table.showAt(pageId, level, tokens) !== 'done') return null;
    this.#places.set(pageId, { form: place.form, shown });
    return tokens;
  }

  /** What a place shows of its page; null for all of it, or when the content is not here. */
  shownOf({ pageId, shown }: PlacedPage): ShownPage | null {
    const content = this.contents.get(pageId);
    if (shown === null || content === null) return null;
    const known = [this.#places.get(pageId)?.shown, this.#drafts.get(pageId)];
    const same = known.find((one) => one && isSame(one.representation, shown));
    if (same) return same;
    const cut = showPage(content.text, shown, this);
    this.noteCut(pageId, cut);
    return cut;
  }

  /** Keeps a cut of a page until the context is put together anew. */
  noteCut(pageId: string, cut: ShownPage): void {
    this.#drafts.set(pageId, cut);
  }

  /** The words of a focus; those of the latest are remembered, since all pages of a context have the same. */
  readonly focusTerms = (focus: string): ReadonlySet<string> => {
    if (this.#focus?.text !== focus)
      this.#focus = { text: focus, terms: new Set(searchTerms(focus)) };
    return this.#focus.terms;
  };

  #enter(pageId: string, atMs: number): void {
    if (this.table.admit(pageId, atMs) === 'done') this.index.move(pageId, 'L0');
  }

  #warm(pageId: string): void {
    this.table.setResident(pageId, true);
    this.table.moveTo(pageId, 'L1');
    this.index.move(pageId, 'L1');
  }

  /** Lets contents go that were used longest ago, when too many are beside the context. */
  #coolHotPages(): void {
    // Pages beside the context have their contents here, and this costs less than the figures of the kernel.
    if (this.contents.size <= this.#maxHotPages) return;
    const excess = this.table.set.figures().pagesByTier.L1 - this.#maxHotPages;
    if (excess <= this.#maxHotPages * HOT_SLACK) return;
    for (const pageId of this.table.oldest('L1', excess)) this.#cool(pageId);
  }

  #cool(pageId: string): void {
    this.table.moveTo(pageId, 'L2');
    this.index.move(pageId, 'L2');
    // What no event holds cannot be read again, and is short.
    if ((this.contents.get(pageId)?.event ?? null) === null) return;
    this.table.setResident(pageId, false);
    this.contents.drop(pageId);
  }
}

/** What a model loaded in a turn. */
export interface TurnFaults {
  readonly turn: number;
  readonly count: number;
  readonly tokens: number;
  /** Calls that gave nothing; known to this process alone. */
  readonly failures: number;
}

const NO_FAULTS: TurnFaults = { turn: 0, count: 0, tokens: 0, failures: 0 };

/** When a page came and what it costs with its line. */
export interface PageArrival {
  readonly tokens: number;
  readonly atMs: number;
}

/** A context that was put together anew. */
export type Compaction = Extract<MemoryChange, { kind: 'compacted' }>;

function isSame(left: PageRepresentation, right: PageRepresentation): boolean {
  return (
    left.level === right.level &&
    left.text === right.text &&
    left.maxTokens === right.maxTokens &&
    left.focus === right.focus
  );
}
