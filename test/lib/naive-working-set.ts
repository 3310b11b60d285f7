import type { EvictionWeights } from '../../src/kernel/working-set/eviction-policy.ts';
import type { NewPage, PageFacts } from '../../src/kernel/working-set/page-facts.ts';
import type {
  FoldLevel,
  PageFlag,
  PageModality,
  PageType,
  PinFlag,
  SlotIndex,
  Tier,
} from '../../src/kernel/working-set/page-kinds.ts';
import type {
  ChangeOutcome,
  FreeRequest,
  PlanStep,
  ScoredPage,
  WorkingSetOptions,
} from '../../src/kernel/working-set/working-set.ts';

type Page = { -readonly [Key in keyof PageFacts]: PageFacts[Key] } & { slot: SlotIndex };
type Candidate = ScoredPage & { readonly page: Page; readonly isProtected: boolean };

const PINS: readonly PageFlag[] = ['pinnedExplicitly', 'pinnedByRule', 'pinnedByPage'];

/** A working set as anyone would write it first: objects, arrays, and the formulas as they stand in the books. */
export class NaiveWorkingSet {
  totalTokens: number;
  reservedTokens: number;
  policy: EvictionWeights;
  turn: number;
  created = 0;
  pages: Map<SlotIndex, Page> = new Map();
  /** The pages of each tier, in order of arrival. */
  order: Record<Tier, SlotIndex[]> = { L0: [], L1: [], L2: [], L3: [], L4: [] };

  constructor(options: WorkingSetOptions) {
    this.totalTokens = options.totalTokens;
    this.reservedTokens = options.reservedTokens;
    this.policy = options.policy;
    this.turn = options.turn ?? 0;
  }

  page(slot: SlotIndex): Page {
    return this.pages.get(slot)!;
  }

  /** Whether a new page would be taken. */
  fits(page: NewPage): boolean {
    return page.tier !== 'L0' || this.hasRoom(page.levelTokens[page.level ?? 0]!);
  }

  add(page: NewPage, slot: SlotIndex): void {
    const defaults = {
      level: 0 as const,
      importance: 0.5,
      importanceOverride: null,
      flags: ['resident'] as const,
      accessCount: 0,
      faultTurn: null,
      evictTurn: null,
      contentVersion: 0,
    };
    this.pages.set(slot, { ...defaults, ...page, created: this.created, slot });
    this.created += 1;
    this.order[page.tier].push(slot);
  }

  remove(slot: SlotIndex): void {
    this.#leave(slot);
    this.pages.delete(slot);
  }

  admit(slot: SlotIndex, nowMs: number): ChangeOutcome {
    const page = this.page(slot);
    if (page.tier !== 'L0') {
      if (!page.flags.includes('resident')) return 'not-resident';
      if (!this.hasRoom(tokensOf(page))) return 'no-room';
      this.#move(slot, 'L0');
    }
    this.touch(slot, nowMs);
    return 'done';
  }

  touch(slot: SlotIndex, nowMs: number): void {
    this.page(slot).lastAccessedMs = nowMs;
    this.page(slot).accessCount += 1;
  }

  renew(slot: SlotIndex): void {
    this.#move(slot, 'L0');
  }

  moveTo(slot: SlotIndex, tier: Tier, isEviction: boolean): ChangeOutcome {
    if (!canStand(tier, this.page(slot).flags)) return 'not-resident';
    this.#move(slot, tier);
    if (isEviction) this.page(slot).evictTurn = this.turn;
    return 'done';
  }

  protect(slot: SlotIndex): void {
    this.page(slot).faultTurn = this.turn;
  }

  setFlags(slot: SlotIndex, on: readonly PageFlag[], off: readonly PageFlag[]): ChangeOutcome {
    const page = this.page(slot);
    const flags = [...new Set([...page.flags, ...on])].filter((flag) => !off.includes(flag));
    if (!canStand(page.tier, flags)) return 'not-resident';
    page.flags = flags;
    return 'done';
  }

  clearPins(pin: PinFlag): void {
    for (const page of this.pages.values()) page.flags = page.flags.filter((flag) => flag !== pin);
  }

  setLevelTokens(slot: SlotIndex, level: FoldLevel, tokens: number | null): ChangeOutcome {
    const page = this.page(slot);
    if (level === page.level) {
      if (tokens === null) return 'level-absent';
      if (page.tier === 'L0' && !this.hasRoom(tokens - tokensOf(page))) return 'no-room';
      page.contentVersion += 1;
    }
    const [a, b, c, d] = page.levelTokens.map((old, index) => (index === level ? tokens : old));
    page.levelTokens = [a!, b!, c!, d!];
    return 'done';
  }

  fold(slot: SlotIndex, level: FoldLevel): ChangeOutcome {
    const page = this.page(slot);
    if (level === page.level) return 'done';
    const tokens = page.levelTokens[level];
    if (tokens === null) return 'level-absent';
    if (page.tier === 'L0' && !this.hasRoom(tokens - tokensOf(page))) return 'no-room';
    page.level = level;
    page.contentVersion += 1;
    return 'done';
  }

  setBudget(totalTokens: number, reservedTokens: number): ChangeOutcome {
    if (this.tokensIn('L0') > totalTokens - reservedTokens) return 'no-room';
    this.totalTokens = totalTokens;
    this.reservedTokens = reservedTokens;
    return 'done';
  }

  hasRoom(tokens: number): boolean {
    return this.tokensIn('L0') + tokens <= this.totalTokens - this.reservedTokens;
  }

  tokensIn(tier: Tier): number {
    return sum(this.#in(tier).map(tokensOf));
  }

  contextTokensOf(modality: PageModality): number {
    return sum(
      this.#in('L0')
        .filter((page) => page.modality === modality)
        .map(tokensOf),
    );
  }

  evictableTokens(): number {
    return sum(
      this.#in('L0')
        .filter((page) => !isPinned(page))
        .map(tokensOf),
    );
  }

  listType(type: PageType): readonly SlotIndex[] {
    return [...this.pages.values()]
      .filter((page) => page.type === type)
      .toSorted((left, right) => left.created - right.created)
      .map(({ slot }) => slot);
  }

  listByAccess(tier: Tier, limit: number, sign: 1 | -1): readonly SlotIndex[] {
    return this.#in(tier)
      .toSorted(
        (left, right) =>
          sign * (left.lastAccessedMs - right.lastAccessedMs || left.created - right.created),
      )
      .slice(0, limit)
      .map(({ slot }) => slot);
  }

  scoreContext(isEmergency: boolean): readonly ScoredPage[] {
    return this.#candidates(isEmergency).map(({ slot, score }) => ({ slot, score }));
  }

  scoreHot(limit: number, nowMs: number): readonly ScoredPage[] {
    const { hot, typeBonus, modalityFactor } = this.policy;
    return this.#in('L1')
      .filter((page) => !isPinned(page) && !this.#isProtected(page))
      .map((page) => {
        const ageSeconds = Math.max(0, nowMs - page.lastAccessedMs) / 1000;
        const recency = 1 / (1 + ageSeconds / 3600);
        const frequency = Math.min(1, Math.log(1 + page.accessCount) / 10);
        const importance = page.importanceOverride ?? page.importance;
        const score =
          recency * hot.recency +
          frequency * hot.frequency +
          importance * hot.importance +
          this.penalty(page) * hot.thrash;
        const bonus = typeBonus[page.type] ?? 0;
        return { slot: page.slot, score: (score + bonus) * (modalityFactor[page.modality] ?? 1) };
      })
      .toSorted((left, right) => left.score - right.score)
      .slice(0, limit);
  }

  selectVictims({ tokens, isEmergency = false }: FreeRequest): readonly SlotIndex[] | undefined {
    const victims: SlotIndex[] = [];
    let freed = 0;
    for (const { slot, page } of this.#candidates(isEmergency)) {
      if (freed >= tokens) break;
      if (tokensOf(page) === 0) continue;
      victims.push(slot);
      freed += tokensOf(page);
    }
    return freed >= tokens ? victims : undefined;
  }

  planEviction(request: FreeRequest, deepest: FoldLevel): readonly PlanStep[] | undefined {
    if (this.selectVictims(request) === undefined) return undefined;
    const isNormal = this.selectVictims({ tokens: request.tokens }) !== undefined;
    const candidates = this.#candidates(request.isEmergency === true && !isNormal);
    const planned = new Map<SlotIndex, FoldLevel | 'out'>();
    const plan: Plan = { candidates, planned, tokens: request.tokens };
    for (let round = 0; round < deepest; round += 1) foldOnce(plan, deepest);
    takeOut(plan);
    if ([...planned.values()].includes('out')) giveFoldsUp(plan);
    return candidates
      .filter(({ slot }) => planned.has(slot))
      .map(({ slot }) => {
        const step = planned.get(slot)!;
        return step === 'out' ? { kind: 'evict', slot } : { kind: 'fold', slot, level: step };
      });
  }

  penalty(page: Page): number {
    const { fault, evict } = this.policy.penaltyTurns;
    let penalty = 0;
    if (page.faultTurn !== null && this.turn - page.faultTurn < fault) {
      penalty += 1 - (this.turn - page.faultTurn) / fault;
    }
    if (page.evictTurn !== null && this.turn - page.evictTurn < evict) {
      penalty += 0.5 * (1 - (this.turn - page.evictTurn) / evict);
    }
    return Math.min(1, penalty);
  }

  #candidates(isEmergency: boolean): readonly Candidate[] {
    const { context, typeBonus, modalityFactor, usesPageImportance } = this.policy;
    const pages = this.#in('L0');
    return pages
      .map((page, position) => {
        const importance = page.importanceOverride ?? (usesPageImportance ? page.importance : 0.5);
        const score =
          (position / pages.length) * context.position +
          importance * context.importance +
          this.penalty(page) * context.thrash;
        const bonus = typeBonus[page.type] ?? 0;
        return {
          slot: page.slot,
          page,
          score: (score + bonus) * (modalityFactor[page.modality] ?? 1),
          isProtected: this.#isProtected(page),
        };
      })
      .filter(({ page, isProtected }) => !isPinned(page) && (isEmergency || !isProtected))
      .toSorted(
        (left, right) =>
          Number(left.isProtected) - Number(right.isProtected) || left.score - right.score,
      );
  }

  #isProtected({ faultTurn, evictTurn }: Page): boolean {
    const { fault, evict } = this.policy.hardTurns;
    return (
      (faultTurn !== null && this.turn - faultTurn < fault) ||
      (evictTurn !== null && this.turn - evictTurn < evict)
    );
  }

  #in(tier: Tier): readonly Page[] {
    return this.order[tier].map((slot) => this.page(slot));
  }

  #leave(slot: SlotIndex): void {
    const { tier } = this.page(slot);
    this.order[tier] = this.order[tier].filter((other) => other !== slot);
  }

  #move(slot: SlotIndex, tier: Tier): void {
    this.#leave(slot);
    this.page(slot).tier = tier;
    this.order[tier].push(slot);
  }
}

interface Plan {
  readonly candidates: readonly Candidate[];
  readonly planned: Map<SlotIndex, FoldLevel | 'out'>;
  readonly tokens: number;
}

function plannedCost({ planned }: Plan, page: Page): number {
  const step = planned.get(page.slot) ?? page.level;
  return step === 'out' ? 0 : page.levelTokens[step]!;
}

function isShort(plan: Plan): boolean {
  return (
    sum(plan.candidates.map(({ page }) => tokensOf(page) - plannedCost(plan, page))) < plan.tokens
  );
}

function foldOnce(plan: Plan, deepest: FoldLevel): void {
  for (const { page } of plan.candidates) {
    if (!isShort(plan)) return;
    const level = (plan.planned.get(page.slot) ?? page.level) as FoldLevel;
    const next = ([1, 2, 3] as const).find((deeper) => {
      const tokens = page.levelTokens[deeper];
      return (
        deeper > level && deeper <= deepest && tokens !== null && tokens < plannedCost(plan, page)
      );
    });
    if (next !== undefined) plan.planned.set(page.slot, next);
  }
}

function takeOut(plan: Plan): void {
  for (const { page } of plan.candidates) {
    if (!isShort(plan)) return;
    if (plannedCost(plan, page) > 0) plan.planned.set(page.slot, 'out');
  }
}

function giveFoldsUp(plan: Plan): void {
  for (const { page } of plan.candidates.toReversed()) {
    const step = plan.planned.get(page.slot);
    if (step === undefined || step === 'out') continue;
    plan.planned.delete(page.slot);
    if (isShort(plan)) plan.planned.set(page.slot, step);
  }
}

function tokensOf(page: PageFacts): number {
  return page.levelTokens[page.level]!;
}

function isPinned(page: PageFacts): boolean {
  return page.flags.some((flag) => PINS.includes(flag));
}

function canStand(tier: Tier, flags: readonly PageFlag[]): boolean {
  if (tier === 'L2' || flags.includes('resident')) return true;
  return tier !== 'L0' && tier !== 'L1' && flags.includes('stored');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
