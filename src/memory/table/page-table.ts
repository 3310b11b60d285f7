import { InvalidInput } from '../../domain/errors.ts';
import type { Modality, PageLevel, PageType, StorageTier } from '../../domain/page.ts';
import type { PageFacts } from '../../kernel/working-set/page-facts.ts';
import type { LowerTier, PinFlag, SlotIndex } from '../../kernel/working-set/page-kinds.ts';
import type { ChangeOutcome, WorkingSet } from '../../kernel/working-set/working-set.ts';
import type { PageCard, PageEntry, PagePin, PageTableStats } from './page-entry.ts';
import { PageTlb } from './page-tlb.ts';
import type { TlbStats } from './page-tlb.ts';

/** What a table is told of a new page. */
export interface NewTablePage {
  readonly card: PageCard;
  /** Default `L1`. */
  readonly tier?: StorageTier | undefined;
  /** Tokens of the whole page with its line. */
  readonly tokens: number;
  readonly atMs: number;
  readonly isResident?: boolean | undefined;
  /** The artifact that holds its content. Default: none. */
  readonly artifactId?: string | undefined;
}

const PIN_FLAGS: Readonly<Record<Exclude<PagePin, 'none'>, PinFlag>> = {
  explicit: 'pinnedExplicitly',
  page: 'pinnedByPage',
  rule: 'pinnedByRule',
};

interface Row {
  card: PageCard;
  readonly slot: SlotIndex;
  /** Grows with every page that is taken in. */
  readonly order: number;
  artifactId: string | null;
}

/**
 * All pages of a memory by id: the one place that knows where a page is and what it costs. Numbers live in the kernel, which
 * scores and sums them; names live here. Orders are those of creation or arrival, never of a hash.
 */
export class PageTable {
  readonly set: WorkingSet;
  readonly #rows = new Map<string, Row>();
  /** Ids by slot. */
  readonly #ids: string[] = [];
  readonly #tlb: PageTlb<PageEntry>;
  /** Pages with pins that last, in the order in which they were set. */
  readonly #pinned = new Set<string>();
  #dirty = 0;
  #taken = 0;

  constructor(set: WorkingSet, options: { readonly tlbEntries?: number | undefined } = {}) {
    this.set = set;
    this.#tlb = new PageTlb(options.tlbEntries);
  }

  /** How many pages there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** Whether there is a page with this id. */
  has(pageId: string): boolean {
    return this.#rows.has(pageId);
  }

  /**
   * Takes in a page; false, and nothing changes, when it is meant for the context and does not fit.
   * @throws INVALID_INPUT when there is a page with its id.
   */
  register(page: NewTablePage): boolean {
    const { card, tier = 'L1', tokens, atMs, isResident = true, artifactId = null } = page;
    if (this.has(card.pageId)) {
      throw new InvalidInput({ field: 'pageId', expected: 'an id that the memory does not have' });
    }
    const slot = this.set.add({
      type: card.pageType,
      modality: card.modality,
      tier,
      levelTokens: [tokens, null, null, null],
      importance: card.importance,
      lastAccessedMs: atMs,
      flags: [
        ...(isResident ? (['resident'] as const) : []),
        ...(artifactId === null ? [] : (['stored'] as const)),
      ],
    });
    if (slot === undefined) return false;
    this.#taken += 1;
    this.#rows.set(card.pageId, { card, slot, artifactId, order: this.#taken });
    this.#ids[slot] = card.pageId;
    return true;
  }

  /** Takes over a page that stands in the kernel already, as after a restart. */
  adopt(
    card: PageCard,
    { slot, artifactId }: { readonly slot: SlotIndex; readonly artifactId: string | null },
  ): void {
    this.#taken += 1;
    this.#rows.set(card.pageId, { card, slot, artifactId, order: this.#taken });
    this.#ids[slot] = card.pageId;
    if (this.set.read(slot).flags.includes('dirty')) this.#dirty += 1;
    if (this.#hasLastingPin(slot)) this.#pinned.add(card.pageId);
  }

  /** What is known of a page now; null when there is none with this id. */
  lookup(pageId: string): PageEntry | null {
    const known = this.#tlb.lookup(pageId);
    if (known !== null) return known;
    const row = this.#rows.get(pageId);
    if (row === undefined) return null;
    const entry = toEntry(row, this.set.read(row.slot));
    this.#tlb.insert(pageId, entry);
    return entry;
  }

  /** Where a page is; null when there is none with this id. For asking much of many pages, which {@link lookup} is too dear for. */
  tierOf(pageId: string): StorageTier | null {
    const row = this.#rows.get(pageId);
    return row === undefined ? null : this.set.tierOf(row.slot);
  }

  /** What all of a page costs with its line; null when there is no such page, or nothing to say it. */
  fullTokensOf(pageId: string): number | null {
    const row = this.#rows.get(pageId);
    return row === undefined ? null : this.set.fullTokensOf(row.slot);
  }

  /** Whether the content of a page is in this process; false when there is no such page. */
  isResident(pageId: string): boolean {
    const row = this.#rows.get(pageId);
    return row !== undefined && this.set.isResident(row.slot);
  }

  /** The page without what changes about it; null when there is none with this id. */
  cardOf(pageId: string): PageCard | null {
    return this.#rows.get(pageId)?.card ?? null;
  }

  /** Takes a page out; false when there is none with this id. */
  remove(pageId: string): boolean {
    const row = this.#rows.get(pageId);
    if (row === undefined) return false;
    if (this.set.read(row.slot).flags.includes('dirty')) this.#dirty -= 1;
    this.set.remove(row.slot);
    this.#rows.delete(pageId);
    this.#ids[row.slot] = '';
    this.#pinned.delete(pageId);
    this.#tlb.invalidate(pageId);
    return true;
  }

  /** Replaces what is said of a page, its content excepted. */
  describe(card: PageCard): void {
    const row = this.#rowOf(card.pageId);
    row.card = card;
    this.set.setImportance(row.slot, card.importance);
    this.#tlb.invalidate(card.pageId);
  }

  /** Takes a page to the end of the context. */
  admit(pageId: string, atMs: number): ChangeOutcome {
    const { slot } = this.#changed(pageId);
    const outcome = this.set.admit(slot, atMs);
    if (outcome === 'done') this.set.renew(slot);
    return outcome;
  }

  /** Moves a page below the context; `asVictim` notes that it was evicted, which speaks against another time soon. */
  moveTo(pageId: string, tier: LowerTier, options: { readonly asVictim?: boolean } = {}): void {
    const { slot } = this.#changed(pageId);
    if (options.asVictim === true) this.set.evictTo(slot, tier);
    else this.set.moveTo(slot, tier);
  }

  /** Shows a page at a level that costs so many tokens; `no-room` when it would grow and does not fit. */
  showAt(pageId: string, level: PageLevel, tokens: number): ChangeOutcome {
    const { slot } = this.#changed(pageId);
    const before = this.set.read(slot);
    if (before.level === level && before.levelTokens[level] === tokens) return 'done';
    const isSet = this.set.setLevelTokens(slot, level, tokens);
    return isSet === 'done' ? this.set.fold(slot, level) : isSet;
  }

  /** Notes what a page would cost at a level; null when it has no representation there any more. */
  noteLevel(pageId: string, level: PageLevel, tokens: number | null): void {
    this.set.setLevelTokens(this.#changed(pageId).slot, level, tokens);
  }

  /** Notes a use of a page. */
  touch(pageId: string, atMs: number): void {
    this.set.touch(this.#changed(pageId).slot, atMs);
  }

  /** Protects a page from leaving again at once. */
  protect(pageId: string): void {
    this.set.protect(this.#changed(pageId).slot);
  }

  /** Pins a page: because somebody said so, by what it is, or for a while by a rule. */
  pin(pageId: string, pin: Exclude<PagePin, 'none'>): void {
    this.set.pin(this.#changed(pageId).slot, PIN_FLAGS[pin]);
    if (pin !== 'rule') this.#pinned.add(pageId);
  }

  /** Takes all pins off a page. */
  unpin(pageId: string): void {
    this.set.unpin(this.#changed(pageId).slot);
    this.#pinned.delete(pageId);
  }

  /** Takes one kind of pin off a page. */
  release(pageId: string, pin: Exclude<PagePin, 'none'>): void {
    const { slot } = this.#changed(pageId);
    this.set.clearFlag(slot, PIN_FLAGS[pin]);
    if (!this.#hasLastingPin(slot)) this.#pinned.delete(pageId);
  }

  /** Takes the pins that rules set off all pages. */
  clearRulePins(): void {
    this.set.clearPins('pinnedByRule');
    this.#tlb.flush();
  }

  /** Notes whether the content of a page is in this process. */
  setResident(pageId: string, isResident: boolean): void {
    const { slot } = this.#changed(pageId);
    if (isResident) this.set.setFlag(slot, 'resident');
    else this.set.clearFlag(slot, 'resident');
  }

  /** Notes that a page changed since it was stored. */
  markDirty(pageId: string): void {
    const { slot } = this.#changed(pageId);
    if (!this.set.read(slot).flags.includes('dirty')) this.#dirty += 1;
    this.set.setFlag(slot, 'dirty');
  }

  /** Notes that a page is stored as it is, and where. */
  markStored(pageId: string, artifactId: string): void {
    const row = this.#changed(pageId);
    if (this.set.read(row.slot).flags.includes('dirty')) this.#dirty -= 1;
    this.set.clearFlag(row.slot, 'dirty');
    this.set.setFlag(row.slot, 'stored');
    row.artifactId = artifactId;
  }

  /** Sets an importance that goes before that of the page; null takes it back. Clamped to 0..1. */
  overrideImportance(pageId: string, value: number | null): void {
    const clamped = value === null ? null : Math.min(1, Math.max(0, value));
    this.set.setImportanceOverride(this.#changed(pageId).slot, clamped);
  }

  /** The ids of the pages of a tier in order of arrival; of the context, oldest first. */
  idsOfTier(tier: StorageTier): readonly string[] {
    return this.set.listTier(tier).map((slot) => this.idOf(slot));
  }

  /** The ids of the pages of a type in order of creation. */
  idsOfType(type: PageType): readonly string[] {
    return this.set.listType(type).map((slot) => this.idOf(slot));
  }

  /** The ids of the pages that are pinned for good, in the order in which they were. */
  pinnedIds(): readonly string[] {
    return [...this.#pinned];
  }

  /** The ids of the pages of a modality in order of creation; looks at every page. */
  idsOfModality(modality: Modality): readonly string[] {
    return [...this.#rows.values()]
      .filter(({ card }) => card.modality === modality)
      .map(({ card }) => card.pageId);
  }

  /** The ids of at most so many pages of a tier, those used longest ago first. */
  oldest(tier: StorageTier, limit: number): readonly string[] {
    return this.set.listOldest(tier, limit).map((slot) => this.idOf(slot));
  }

  /** The ids of at most so many pages of a tier, those used last first. */
  newest(tier: StorageTier, limit: number): readonly string[] {
    return this.set.listNewest(tier, limit).map((slot) => this.idOf(slot));
  }

  /** All ids in order of creation. */
  ids(): IterableIterator<string> {
    return this.#rows.keys();
  }

  /** The id of the page in a slot of the kernel. */
  idOf(slot: SlotIndex): string {
    return this.#ids[slot] ?? '';
  }

  /** The place of a page in the kernel. */
  slotOf(pageId: string): SlotIndex {
    return this.#rowOf(pageId).slot;
  }

  /** The ids in the order in which their pages came; ids without a page are left out. */
  inOrder(pageIds: Iterable<string>): readonly string[] {
    const rows = [...new Set(pageIds)].flatMap((id) => this.#rows.get(id) ?? []);
    return rows.toSorted((left, right) => left.order - right.order).map(({ card }) => card.pageId);
  }

  /** Tokens of the pages of some tiers, of all when none is given. */
  totalTokens(tiers: readonly StorageTier[] = ['L0', 'L1', 'L2', 'L3', 'L4']): number {
    const { tokensByTier } = this.set.figures();
    return tiers.reduce((sum, tier) => sum + tokensByTier[tier], 0);
  }

  /** How many pages are where. */
  stats(): PageTableStats {
    const { pages, pagesByTier, pagesByType, pagesByModality } = this.set.figures();
    return {
      totalPages: pages,
      dirtyPages: this.#dirty,
      pagesByTier,
      pagesByType,
      pagesByModality,
      workingSetSize: pagesByTier.L0 + pagesByTier.L1,
    };
  }

  /** How often a look-up needed no decoding. */
  tlbStats(): TlbStats {
    return this.#tlb.stats();
  }

  /** Goes on to a turn; what is protected for some turns may have become free. */
  startTurn(turn: number): void {
    this.set.advanceTurn(turn);
  }

  #hasLastingPin(slot: SlotIndex): boolean {
    const { flags } = this.set.read(slot);
    return flags.includes(PIN_FLAGS.explicit) || flags.includes(PIN_FLAGS.page);
  }

  #rowOf(pageId: string): Row {
    const row = this.#rows.get(pageId);
    if (row !== undefined) return row;
    throw new InvalidInput({ field: 'pageId', expected: 'the id of a page of this memory' });
  }

  #changed(pageId: string): Row {
    this.#tlb.invalidate(pageId);
    return this.#rowOf(pageId);
  }
}

function toEntry({ card, artifactId }: Row, facts: PageFacts): PageEntry {
  const has = (flag: PageFacts['flags'][number]): boolean => facts.flags.includes(flag);
  return {
    card,
    artifactId,
    tier: facts.tier,
    level: facts.level,
    tokens: facts.levelTokens[facts.level] ?? 0,
    levelTokens: facts.levelTokens,
    pin: pinOf(has),
    isResident: has('resident'),
    isDirty: has('dirty'),
    importance: facts.importanceOverride ?? facts.importance,
    lastAccessedMs: facts.lastAccessedMs,
    accessCount: facts.accessCount,
  };
}

function pinOf(has: (flag: PageFacts['flags'][number]) => boolean): PageEntry['pin'] {
  if (has('pinnedExplicitly')) return 'explicit';
  if (has('pinnedByPage')) return 'page';
  return has('pinnedByRule') ? 'rule' : 'none';
}
