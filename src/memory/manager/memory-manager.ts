import { InvalidInput } from '../../domain/errors.ts';
import type { Claim } from '../../domain/claim.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { type PageOptions, parsePageOptions } from '../../domain/page-options.ts';
import { PAGE_LEVELS, type PageLevel, type PageRole } from '../../domain/page.ts';
import type { FaultReason, VmMode } from '../../domain/paging-policy.ts';
import { parseVmContextOptions, type VmContextOptions } from '../../domain/vm-context-options.ts';
import { evictionTarget } from '../../domain/working-set-config.ts';
import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import type { FaultOutcome } from '../context/vm-tool-result.ts';
import type { VmToolRequest } from '../context/vm-tool-call.ts';
import type { CompressionResult } from '../folding/compression-result.ts';
import type { MutationLog } from '../journal/mutation-log.ts';
import type { ExperienceMeter } from '../meters/experience-meter.ts';
import { FaultMeter } from '../meters/fault-meter.ts';
import { DemandPager } from '../paging/demand-pager.ts';
import type { PageCard, PageEntry } from '../table/page-entry.ts';
import { ClaimKeeper } from './claim-keeper.ts';
import { FaultDesk } from './fault-desk.ts';
import {
  restoreCheckpoint,
  type RestoredCheckpoint,
  takeCheckpoint,
} from './manager-checkpoint.ts';
import { ManagerContext, type VmContext } from './manager-context.ts';
import { ManagerCore } from './manager-core.ts';
import { checkHealth, type HealthReport } from './manager-health.ts';
import {
  type ManagerSettings,
  managerSettings,
  type MemoryEnvironment,
  type MemoryManagerOptions,
} from './manager-options.ts';
import { coreOf, type ManagerSnapshot, snapshotOf } from './manager-snapshot.ts';
import { type MemoryManagerStats, statsOf } from './manager-stats.ts';
import { messagePage, type MessagePageOptions } from './message-page.ts';
import { type AddOutcome, PageAdmission } from './page-admission.ts';
import { type EvictOutcome, PageEviction } from './page-eviction.ts';
import { PageSearch, type PageSearchOptions, type PageSearchResult } from './page-search.ts';
import { type TurnStart, TurnKeeper } from './turn-keeper.ts';
import { callTool } from './tool-desk.ts';

/** How a page is faulted in. */
export interface FaultOptions {
  /** How much of it: 0 all, 3 a reference. Default 2. */
  readonly level?: number | undefined;
  /** Default `resolve_reference`. */
  readonly reason?: FaultReason | undefined;
  /** A model is held to the fault policy, a user is not. Default `model`. */
  readonly actor?: 'model' | 'user' | undefined;
}

/**
 * The virtual memory of one conversation, without a runtime and without a log of a session: pages, what of them stands in the
 * context, and what a model is shown. Changes are made at once or not at all, whatever is waited for meanwhile; nothing that a
 * page holds is ever lost by folding or eviction.
 */
export class MemoryManager {
  readonly #options: MemoryManagerOptions;
  readonly #environment: MemoryEnvironment;
  readonly #settings: ManagerSettings;
  readonly #core: ManagerCore;
  readonly #admission: PageAdmission;
  readonly #eviction: PageEviction;
  readonly #desk: FaultDesk;
  readonly #turns: TurnKeeper;
  readonly #context: ManagerContext;
  readonly #search: PageSearch;
  readonly #claims: ClaimKeeper | null;
  #sessionId: string;

  /** @throws INVALID_INPUT naming the option, also one that does not exist or contradicts another. */
  constructor(options: MemoryManagerOptions, environment: MemoryEnvironment) {
    const settings = managerSettings(options, environment);
    const { snapshot } = options;
    const { paging, counter, extract } = settings;
    const core =
      snapshot === undefined ? new ManagerCore(settings.core) : coreOf(snapshot, settings.core);
    const pager = new DemandPager(settings.prePass);
    const meter = new FaultMeter(settings.faultPolicy);
    this.#options = options;
    this.#environment = environment;
    this.#settings = settings;
    this.#sessionId = settings.sessionId;
    this.#core = core;
    this.#admission = new PageAdmission(core);
    this.#eviction = new PageEviction(core);
    this.#desk = new FaultDesk(core, meter);
    const [desk, eviction, admission] = [this.#desk, this.#eviction, this.#admission];
    this.#turns = new TurnKeeper({ core, desk, eviction, pager, paging });
    const { policy } = meter;
    const quota = (): ReturnType<FaultMeter['quota']> => meter.quota();
    this.#context = new ManagerContext({ core, counter, pager, paging, policy, quota });
    this.#search = new PageSearch(core, settings.search);
    const newId = (): string => `claim_${settings.newId()}`;
    const claims = snapshot?.claims;
    this.#claims =
      extract === null ? null : new ClaimKeeper({ core, admission, extract, newId, claims });
  }

  /** The session that the memory is of. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** How much a model is told of its memory. */
  get mode(): VmMode {
    return this.#settings.mode;
  }

  /** Turns so far. */
  get turn(): number {
    return this.#core.state.turns.turn;
  }

  /** What happened to the pages, in order; what it comes to is the state of the memory. */
  get history(): MutationLog {
    return this.#core.journal.log;
  }

  /** What the memory is like to talk to. */
  get experience(): ExperienceMeter {
    return this.#desk.experience;
  }

  /** What messages decided and stated; empty where claims are not looked for. */
  get claims(): readonly Claim[] {
    return this.#claims?.book.all() ?? [];
  }

  /**
   * Takes in a page beside the context.
   * @throws INVALID_INPUT naming the option, also when the id is taken.
   */
  createPage(content: unknown, options: PageOptions = {}): MemoryPage {
    const newPageId = (pageType: string): string => `${pageType}_${this.#settings.newId()}`;
    const nowMs = this.#core.settings.nowMs();
    return this.#core.create(parsePageOptions(content, options, { newPageId, nowMs }));
  }

  /**
   * Takes in a message beside the context. Its id begins as that of its event, with eight characters where that tells it from all
   * others.
   * @throws INVALID_INPUT naming the option, also when the event has a page.
   */
  createMessagePage(message: string, role: PageRole, options: MessagePageOptions = {}): MemoryPage {
    const { newId } = this.#settings;
    const cardOf = (pageId: string): PageCard | null => this.#core.state.table.cardOf(pageId);
    const pageOptions = messagePage({ message, role }, options, { cardOf, newId });
    return this.createPage(message, pageOptions);
  }

  /**
   * Takes a page to the end of the context. Others are folded or leave where that makes room; where even that cannot, nothing
   * changes and the outcome says why. Waits for the claims of the page where they are looked for.
   * @throws INVALID_INPUT when there is no such page.
   */
  async addToWorkingSet(page: string | Pick<MemoryPage, 'pageId'>): Promise<AddOutcome> {
    const pageId = typeof page === 'string' ? page : page.pageId;
    const before = this.#core.state.table.lookup(pageId)?.accessCount ?? 0;
    const outcome = await this.#admission.add(pageId);
    const content = this.#core.state.contents.get(pageId);
    if (before === 0 && outcome.isInContext && content !== null)
      await this.#claims?.read(content.page);
    return outcome;
  }

  /** Takes a page below the context; to L3 and L4 only when the vault confirms that it has it. Pinned pages stay. */
  async evictPage(pageId: string, tier: LowerTier = 'L2'): Promise<EvictOutcome> {
    return this.#eviction.evict(pageId, tier, 'explicit_evict');
  }

  /** Takes all pages out of the context that are not pinned, and returns their ids in order. */
  async evictSegmentPages(tier: LowerTier = 'L2'): Promise<readonly string[]> {
    return this.#eviction.evictSegment(tier);
  }

  /**
   * Makes a shorter form of a page, and shows it where the page stands in the context. The page itself is kept. Null when nothing
   * is folded here, or there is no such page.
   */
  async compressPage(pageId: string, level: PageLevel): Promise<CompressionResult | null> {
    const { folds, room, settings } = this.#core;
    const known = PAGE_LEVELS.find((each) => each === level);
    if (known === undefined) throw new InvalidInput({ field: 'level', expected: '0, 1, 2 or 3' });
    if (!settings.isFolding || known === 0) return null;
    if ((await this.#core.contentOf(pageId)) === null) return null;
    const result = await folds.compress(pageId, known);
    const entry = this.#core.state.table.lookup(pageId);
    const isDeeper = result?.kind === 'folded' && result.levelAfter > (entry?.level ?? 3);
    if (isDeeper) room.showFold(pageId, result.levelAfter);
    return result;
  }

  /** Loads a page into the context at a level, or at a deeper one that fits; says truthfully what came of it and never throws. */
  async handleFault(pageId: string, options: FaultOptions = {}): Promise<FaultOutcome> {
    const { level = 2, reason = 'resolve_reference', actor = 'model' } = options;
    return this.#desk.fault({ pageId, level, reason, actor });
  }

  /** Carries out a call of one of the memory's tools and gives the text of its result; never throws for what the model did wrong. */
  async callTool(request: VmToolRequest): Promise<string> {
    const isOff = this.#settings.paging === 'runtime';
    return callTool(request, { desk: this.#desk, search: this.#search, isOff });
  }

  /** Pages that match any word of a query, best first. */
  async searchPages(query: string, options: PageSearchOptions = {}): Promise<PageSearchResult> {
    return this.#search.search(query, options);
  }

  /** Loads what a message needs before a model is called, and returns the ids of it. Has a budget of its own. */
  async demandPrePass(message: string): Promise<readonly string[]> {
    return this.#turns.prePass(message);
  }

  /**
   * The context to send to a model, of at most `maxTokens` together.
   * @throws INVALID_INPUT, TOKEN_LIMIT_EXCEEDED when the instructions alone are too long.
   */
  async buildContext(options: VmContextOptions = {}): Promise<VmContext> {
    const { model } = this.#settings;
    const defaults = { sessionId: this.#sessionId, mode: this.mode, model };
    return this.#context.build(defaults, parseVmContextOptions(options));
  }

  /** Keeps a page in the context, once it is there, until it is unpinned. @throws INVALID_INPUT when there is no such page. */
  pinPage(pageId: string): void {
    this.#core.assertPage(pageId);
    if (this.#core.state.table.lookup(pageId)?.pin === 'explicit') return;
    this.#core.pin(pageId, 'explicit_pin', 'user');
  }

  /** Lets a page leave again; false when it was not pinned. @throws INVALID_INPUT when there is no such page. */
  unpinPage(pageId: string): boolean {
    this.#core.assertPage(pageId);
    return this.#core.unpin(pageId, 'explicit_unpin', 'user');
  }

  /** Forgets a page for good; what a vault holds of it stays there. False when there is none. */
  deletePage(pageId: string): boolean {
    if (!this.#core.state.table.has(pageId)) return false;
    this.#core.remove(pageId);
    return true;
  }

  /** Ends the turn and begins the next: quotas are new, what is held is decided anew, and what is too much makes room. */
  async newTurn(): Promise<TurnStart> {
    return this.#turns.start();
  }

  /** Sets an importance that goes before that of the page; null takes it back. @throws INVALID_INPUT when there is no such page. */
  setImportance(pageId: string, value: number | null): void {
    this.#core.assertPage(pageId);
    if (value !== null && Number.isNaN(value))
      throw new InvalidInput({ field: 'value', expected: 'a number from 0 to 1' });
    const { journal, state } = this.#core;
    journal.change(pageId, { type: 'update', cause: 'set_importance', actor: 'user' }, () => {
      state.table.overrideImportance(pageId, value);
    });
  }

  /** Notes a call of a tool: what was used before it is loaded when it is likely called again. */
  toolUsed(tool: string): void {
    const { turn } = this;
    this.#core.prefetcher.recordToolCall({ tool, turn, pagesBefore: this.#core.usedPages });
  }

  /** Notes which page sums up what was said before; it is loaded at the start of turns. */
  setLastSegmentSummary(pageId: string): void {
    this.#core.prefetcher.setLastSummary(pageId);
  }

  /** Gives the memory to another session: whatever it tells from now on names that one. */
  updateSessionId(sessionId: string): void {
    if (sessionId === '') throw new InvalidInput({ field: 'sessionId', expected: 'an id' });
    this.#context.cache.invalidateSession(this.#sessionId);
    this.#sessionId = sessionId;
  }

  /** What is known of a page; null when there is none with this id. */
  page(pageId: string): PageEntry | null {
    return this.#core.state.table.lookup(pageId);
  }

  /** All of a page, from the vault where it has to be; null when there is none. */
  async readPage(pageId: string): Promise<MemoryPage | null> {
    return (await this.#core.contentOf(pageId))?.page ?? null;
  }

  /** The pages of the context in order. */
  getL0Pages(): readonly PageEntry[] {
    const { table } = this.#core.state;
    return table.idsOfTier('L0').flatMap((id) => table.lookup(id) ?? []);
  }

  /** Whether the context is fuller than its threshold. */
  needsEviction(): boolean {
    return this.#core.room.needsEviction();
  }

  /** Tokens that an eviction run would free before so many come in. */
  evictionTarget(neededTokens: number = 0): number {
    const { usedTokens } = this.#core.state;
    return evictionTarget(this.#core.settings.config, { usedTokens, neededTokens });
  }

  /** Stores all pages in the vault, with the order of the context and the pins. @throws INVALID_SESSION_OPERATION without a vault. */
  async checkpoint(
    name: string,
  ): Promise<{ readonly checkpointId: string; readonly pageCount: number }> {
    return takeCheckpoint(this.#core, name);
  }

  /** Brings the context and the pins of a checkpoint back. @throws INVALID_INPUT, INVALID_SESSION_OPERATION */
  async restore(checkpointId: string): Promise<RestoredCheckpoint> {
    return restoreCheckpoint(this.#core, this.#admission, checkpointId);
  }

  /** All of the memory as plain JSON, for the option `snapshot` of another. */
  snapshot(): ManagerSnapshot {
    const { sessionId, mode, claims } = this;
    return snapshotOf(this.#core, { sessionId, mode, claims });
  }

  /** A memory that begins as this one is and goes its own way; contents are shared until one of them changes. */
  fork(sessionId?: string): MemoryManager {
    const { config: _, ...options } = this.#options;
    const forked = { ...options, sessionId, snapshot: this.snapshot() };
    return new MemoryManager(forked, this.#environment);
  }

  /** The figures of the memory as they are now; a copy. */
  getStats(): MemoryManagerStats {
    const { pressure } = this.#turns;
    const head = { sessionId: this.#sessionId, mode: this.mode, pressure: pressure.level };
    const packCache = this.#context.cache;
    return statsOf({ core: this.#core, faults: this.#desk.meter, packCache, head });
  }

  /** Compares all that is kept twice, and lists every mismatch. */
  health(): HealthReport {
    return checkHealth(this.#core);
  }

  /** Gives the memory of the kernel back; a second call does nothing. */
  close(): void {
    this.#core.state.close();
  }
}
