import { InvalidInput } from '../../domain/errors.ts';
import { inTurns } from '../../domain/in-turns.ts';
import { parseJsonValue } from '../../domain/json.ts';
import type { MutationLogOptions } from '../../domain/journal-options.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { duplicatePage, type NewPageRequest } from '../../domain/page-options.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { ParsedWorkingSetConfig } from '../../domain/working-set-config.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { IMPORTANCE_WEIGHTED_LRU } from '../../kernel/working-set/eviction-policy.ts';
import { isPlanPinned, planOf } from '../claims/plan-page.ts';
import type { EvictionPolicy } from '../eviction/eviction-policy.ts';
import type { CompressorRegistry } from '../folding/compressor-registry.ts';
import type { MemoryFold } from '../journal/memory-fold.ts';
import { PagingMeter } from '../paging/paging-meter.ts';
import { Prefetcher } from '../paging/prefetcher.ts';
import { OutlineMemo } from '../search/outline-memo.ts';
import type { CountText } from '../search/page-outline.ts';
import { AutoPins } from './auto-pins.ts';
import { MemoryState } from './memory-state.ts';
import type { RestoredParts } from './memory-state-options.ts';
import { type PageContent, toPageContent } from './page-contents.ts';
import { eventOf } from './page-event.ts';
import { PageFolds } from './page-folds.ts';
import { PageJournal } from './page-journal.ts';
import type { PageStorage } from './page-storage.ts';
import { RoomMaker } from './room-maker.ts';

/** What the parts of a manager are made with. */
export interface CoreSettings {
  readonly kernel: Kernel;
  readonly config: ParsedWorkingSetConfig;
  readonly policy: EvictionPolicy;
  /** Folds pages; also those that are faulted in where `isFolding` is false. */
  readonly registry: CompressorRegistry;
  /** Whether pages are folded before they leave. */
  readonly isFolding: boolean;
  readonly storage: PageStorage | null;
  readonly countTokens: CountText;
  readonly nowMs: () => number;
  readonly journal: MutationLogOptions;
}

/** What a core goes on from. */
export interface CoreStart extends RestoredParts {
  readonly fold: MemoryFold;
}

/** What a built context showed of the pages. */
export interface BuiltView {
  /** Levels by page. */
  readonly shown: ReadonlyMap<string, PageLevel>;
  /** Pages of the context of which it showed less than stands there, or nothing. */
  readonly hidden: ReadonlySet<string>;
}

/** Turns that are remembered at least, for the question that is open and those before it. */
const MIN_KEPT_TURNS = 3;

/** What the parts of a manager share: the state, its journal, and what is done to one page at a time. */
export class ManagerCore {
  readonly settings: CoreSettings;
  readonly state: MemoryState;
  readonly journal: PageJournal;
  readonly folds: PageFolds;
  readonly pins: AutoPins;
  readonly room: RoomMaker;
  readonly prefetcher: Prefetcher = new Prefetcher();
  readonly pagingMeter: PagingMeter = new PagingMeter();
  /** What the context that was built last showed. */
  view: BuiltView = { shown: new Map(), hidden: new Set() };
  readonly #used = new Set<string>();
  /** Why contents could not be loaded when they were needed last. */
  readonly #unreadable = new Map<string, unknown>();

  constructor(settings: CoreSettings, start?: CoreStart) {
    this.settings = settings;
    const { kernel, config, policy, countTokens, nowMs, registry, isFolding } = settings;
    const outlines = new OutlineMemo();
    this.state = new MemoryState({
      kernel,
      countTokens,
      outline: (text) => outlines.outline(text, { model: '', countTokens }),
      load: (pageIds) => this.#load(pageIds),
      policy: policy.kernelWeights?.() ?? IMPORTANCE_WEIGHTED_LRU,
      maxContextTokens: config.maxL0Tokens,
      reservedTokens: config.reservedTokens,
      // Pages are moved down here, where each move is written down.
      maxHotPages: Infinity,
      keptTurns: Math.max(MIN_KEPT_TURNS, config.autoPinLastNTurns),
      warm: (pageId) => this.#warm(pageId),
      indexHints: true,
      ...(start === undefined ? {} : { from: start }),
    });
    const { state } = this;
    this.journal = new PageJournal(state, nowMs, {
      options: settings.journal,
      ...(start === undefined ? {} : { from: start.fold }),
    });
    this.folds = new PageFolds(state, registry);
    this.pins = new AutoPins(state, config);
    const { journal, folds, pins } = this;
    this.room = new RoomMaker({ state, journal, folds, pins, config, policy, isFolding, nowMs });
  }

  /** Takes in a page beside the context. */
  create({ page, sizeTokens, isPinned }: NewPageRequest): MemoryPage {
    const { state, journal } = this;
    if (state.table.has(page.pageId)) throw duplicatePage();
    const content = toPageContent(page, eventOf(page));
    const tokens = sizeTokens ?? state.pages.wholeTokens(content.text);
    const atMs = this.settings.nowMs();
    journal.change(page.pageId, { type: 'create', cause: 'create_page' }, () => {
      state.pages.add(content, { tokens, atMs });
      state.table.markDirty(page.pageId);
    });
    if (isPinned) this.pin(page.pageId, 'explicit_pin', 'user');
    else if (this.#staysBySelf(page)) this.pin(page.pageId, 'auto_pin', 'system');
    this.coolHot();
    return page;
  }

  /** Pins a page. */
  pin(pageId: string, cause: string, actor: 'user' | 'system'): void {
    const { state, journal } = this;
    journal.change(pageId, { type: 'pin', cause, actor }, () => {
      state.table.pin(pageId, actor === 'user' ? 'explicit' : 'page');
    });
  }

  /** Takes the pins off a page that somebody or the page itself set; false when there are none. */
  unpin(pageId: string, cause: string, actor: 'user' | 'system'): boolean {
    const { state, journal, pins } = this;
    const pin = state.table.lookup(pageId)?.pin ?? 'none';
    if (pin === 'none' || pin === 'rule') return false;
    journal.change(pageId, { type: 'unpin', cause, actor }, () => state.table.unpin(pageId));
    pins.restore();
    return true;
  }

  /** Notes that a page was read. */
  noteUse(pageId: string): void {
    this.prefetcher.recordUse(pageId);
    this.pagingMeter.recordUse(pageId);
    this.#used.add(pageId);
  }

  /** Ids of pages that were read in the open turn. */
  get usedPages(): readonly string[] {
    return [...this.#used];
  }

  /** Begins a turn in which nothing was read yet. */
  startTurn(): number {
    const { state, journal, pins, pagingMeter } = this;
    const turn = state.turns.start();
    state.table.startTurn(turn);
    journal.meter.newTurn();
    journal.log.startTurn(turn);
    pagingMeter.startTurn(turn);
    this.#used.clear();
    pins.refresh();
    return turn;
  }

  /** Makes sure that there is a page. @throws INVALID_INPUT when there is no such page. */
  assertPage(pageId: string): void {
    if (this.state.table.has(pageId)) return;
    throw new InvalidInput({ field: 'pageId', expected: 'the id of a page of this memory' });
  }

  /** Ids of pages whose content could not be loaded when it was needed last. */
  get unreadablePages(): readonly string[] {
    return [...this.#unreadable.keys()];
  }

  /**
   * The content of a page, from the store where it has to be; null when there is none.
   * @throws what the store rejects with. Where several pages are needed, one that cannot be read is missing instead.
   */
  async contentOf(pageId: string): Promise<PageContent | null> {
    await this.state.pages.ensure([pageId]);
    // What was deleted while it was loaded is gone.
    if (!this.state.table.has(pageId)) this.state.contents.drop(pageId);
    const content = this.state.contents.get(pageId);
    if (content === null && this.#unreadable.has(pageId)) throw this.#unreadable.get(pageId);
    return content;
  }

  /** Takes the content of a page out of the process, which is elsewhere. */
  release(pageId: string): void {
    const { state } = this;
    state.table.setResident(pageId, false);
    state.contents.drop(pageId);
    this.folds.forget(pageId);
  }

  /** Forgets a page. */
  remove(pageId: string): void {
    const { state, journal, folds, prefetcher } = this;
    journal.change(pageId, { type: 'delete', cause: 'delete_page', actor: 'user' }, () => {
      state.removePage(pageId);
    });
    folds.forget(pageId);
    prefetcher.forget(pageId);
    this.#used.delete(pageId);
    this.#unreadable.delete(pageId);
  }

  /** Moves the pages down that were used longest ago, when too many stand beside the context. */
  coolHot(): void {
    const { state, journal, settings } = this;
    const excess = state.table.set.figures().pagesByTier.L1 - settings.config.maxL1Pages;
    if (excess <= 0) return;
    for (const pageId of state.table.oldest('L1', excess)) {
      const change = { type: 'update', cause: 'l1_full' } as const;
      journal.change(pageId, change, () => state.pages.shelve(pageId, 'L2'));
    }
  }

  #staysBySelf(page: MemoryPage): boolean {
    if (!this.settings.config.autoPinSystemPrompt) return false;
    if (page.role === 'system' && page.pageType === 'transcript') return true;
    const plan = page.pageType === 'claim' ? planOf(page) : null;
    return plan !== null && isPlanPinned(plan);
  }

  /** A page whose content was loaded stands beside the context from then on. */
  #warm(pageId: string): void {
    const { state, journal } = this;
    journal.change(pageId, { type: 'update', cause: 'content_loaded' }, () => {
      state.table.setResident(pageId, true);
      state.pages.shelve(pageId, 'L1');
    });
    this.coolHot();
  }

  /** Loads contents from the store. One that cannot be read keeps none of the others back. */
  async #load(pageIds: readonly string[]): Promise<ReadonlyMap<string, PageContent>> {
    const found = await inTurns(pageIds, async (pageId) => {
      this.#unreadable.delete(pageId);
      try {
        return await this.#readStored(pageId);
      } catch (error) {
        if (this.state.table.has(pageId)) this.#unreadable.set(pageId, error);
        return null;
      }
    });
    return new Map(found.flatMap((content) => (content ? [[content.page.pageId, content]] : [])));
  }

  async #readStored(pageId: string): Promise<PageContent | null> {
    const { storage } = this.settings;
    const artifactId = this.state.table.lookup(pageId)?.artifactId ?? null;
    if (storage === null || artifactId === null) return null;
    const stored = await storage.loadPage({ artifactId });
    if (stored === null || stored.content instanceof Uint8Array) return null;
    const page: MemoryPage = { ...stored, content: parseJsonValue(stored.content, 'content') };
    return toPageContent(page, eventOf(page));
  }
}
