import type { EvictionWeights } from './eviction-policy.ts';
import type { NewPage, PageFacts } from './page-facts.ts';
import type {
  FoldLevel,
  LowerTier,
  PageFlag,
  PageModality,
  PageType,
  PinFlag,
  SlotIndex,
  Tier,
} from './page-kinds.ts';

/** What a new working set starts with. */
export interface WorkingSetOptions {
  readonly totalTokens: number;
  /** Tokens of the total that pages never get; less than the total. */
  readonly reservedTokens: number;
  readonly policy: EvictionWeights;
  /** The turn to start in, by default 0. */
  readonly turn?: number;
}

/** What became of a change: done, or refused without any effect. */
export type ChangeOutcome = 'done' | 'no-room' | 'not-resident' | 'level-absent';

/** How much is to be freed. */
export interface FreeRequest {
  readonly tokens: number;
  /** Whether freshly protected pages may go when nothing else is left; pinned ones never do. By default not. */
  readonly isEmergency?: boolean;
}

/** One step of a plan: show the page at a deeper level, or take it out of the context. */
export type PlanStep =
  | { readonly kind: 'fold'; readonly slot: SlotIndex; readonly level: FoldLevel }
  | { readonly kind: 'evict'; readonly slot: SlotIndex };

/** A page and its score; the lowest leaves first. */
export interface ScoredPage {
  readonly slot: SlotIndex;
  readonly score: number;
}

/** The sums that a working set keeps up to date. */
export interface WorkingSetFigures {
  readonly totalTokens: number;
  readonly reservedTokens: number;
  readonly usedTokens: number;
  readonly availableTokens: number;
  /** Tokens of the context that are not pinned. */
  readonly evictableTokens: number;
  readonly turn: number;
  /** Grows with every change of what stands in the context. */
  readonly version: number;
  readonly pages: number;
  readonly pagesByTier: Readonly<Record<Tier, number>>;
  readonly tokensByTier: Readonly<Record<Tier, number>>;
  readonly pagesByType: Readonly<Record<PageType, number>>;
  readonly pagesByModality: Readonly<Record<PageModality, number>>;
  /** Tokens of the context. */
  readonly tokensByModality: Readonly<Record<PageModality, number>>;
}

/**
 * The pages of one session as numbers: where each is, what it costs, how it scores. Contents and ids stay with the
 * caller. Every call throws `INVALID_INPUT` for a slot without a page and for numbers out of range, `OVERLOADED` when a
 * limit of the kernel is reached, `CLOSED` after `close`, and `KERNEL_POISONED` when the kernel can no longer be trusted.
 */
export interface WorkingSet {
  readonly policy: EvictionWeights;
  /** Adds a page; undefined when it was meant for the context and does not fit. */
  add(page: NewPage): SlotIndex | undefined;
  read(slot: SlotIndex): PageFacts;
  /** Where a page is; {@link read} tells it too, and costs several times as much. */
  tierOf(slot: SlotIndex): Tier;
  /** What all of a page costs, null when it has no such representation; as cheap. */
  fullTokensOf(slot: SlotIndex): number | null;
  /** Whether the content of a page is in the process; as cheap. */
  isResident(slot: SlotIndex): boolean;
  remove(slot: SlotIndex): void;
  /** Takes a page into the context as its newest and notes the use; one that is there is only touched. */
  admit(slot: SlotIndex, nowMs: number): ChangeOutcome;
  touch(slot: SlotIndex, nowMs: number): void;
  /** Makes a page of the context its newest. */
  renew(slot: SlotIndex): void;
  moveTo(slot: SlotIndex, tier: LowerTier): ChangeOutcome;
  /** Moves a page as a victim: its eviction speaks against another one for some turns. */
  evictTo(slot: SlotIndex, tier: LowerTier): ChangeOutcome;
  /** Protects a page from this turn on, as after a fault. */
  protect(slot: SlotIndex): void;
  pin(slot: SlotIndex, pin: PinFlag): void;
  /** Takes all pins away. */
  unpin(slot: SlotIndex): void;
  /** Takes one kind of pin away from all pages. */
  clearPins(pin: PinFlag): void;
  setFlag(slot: SlotIndex, flag: PageFlag): ChangeOutcome;
  clearFlag(slot: SlotIndex, flag: PageFlag): ChangeOutcome;
  setImportance(slot: SlotIndex, value: number): void;
  /** Sets an importance that goes before that of the page; null takes it back. */
  setImportanceOverride(slot: SlotIndex, value: number | null): void;
  /** Records what the page costs at a level, null when that representation is gone. */
  setLevelTokens(slot: SlotIndex, level: FoldLevel, tokens: number | null): ChangeOutcome;
  /** Shows a page at another level. What grows must fit. */
  fold(slot: SlotIndex, level: FoldLevel): ChangeOutcome;
  setPolicy(policy: EvictionWeights): void;
  /** Changes the budget; `no-room` while more stands in the context. */
  setBudget(totalTokens: number, reservedTokens: number): ChangeOutcome;
  /** Goes on to the next turn, or to a later one. Turns never go back. */
  advanceTurn(turn?: number): number;
  /**
   * The shortest row of pages, lowest score first, that frees the tokens; undefined when that is impossible. Pages without
   * tokens free nothing and are never among them.
   */
  selectVictims(request: FreeRequest): readonly SlotIndex[] | undefined;
  /** Folding before eviction; never takes out more pages than `selectVictims` would. */
  planEviction(request: FreeRequest, deepestLevel: FoldLevel): readonly PlanStep[] | undefined;
  canReach(request: FreeRequest): boolean;
  /** All pages of the context that may leave, lowest score first; in an emergency the protected ones follow. */
  scoreContext(isEmergency?: boolean): readonly ScoredPage[];
  /** At most so many pages of L1 that may leave, lowest score first. */
  scoreHot(limit: number, nowMs: number): readonly ScoredPage[];
  /** The pages of a tier in order of arrival. */
  listTier(tier: Tier): readonly SlotIndex[];
  /** The pages of a type in order of creation. */
  listType(type: PageType): readonly SlotIndex[];
  /** At most so many pages of a tier, those whose latest use is longest ago first. */
  listOldest(tier: Tier, limit: number): readonly SlotIndex[];
  /** At most so many pages of a tier, the latest used first. */
  listNewest(tier: Tier, limit: number): readonly SlotIndex[];
  figures(): WorkingSetFigures;
  /** Recomputes everything that is kept twice; for tests and after suspicion. */
  audit(): void;
  /** Gives the memory back; a second call does nothing. */
  close(): void;
}
