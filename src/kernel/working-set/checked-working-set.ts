import {
  ACTION_EVICT,
  FLAGS_PINNED,
  MODE_EMERGENCY,
  MODE_NORMAL,
  ORDER_NEWEST,
  ORDER_OLDEST,
  STATUS_BAD_SLOT,
  STATUS_BAD_VALUE,
  STATUS_IMPOSSIBLE,
  STATUS_LEVEL_ABSENT,
  STATUS_NOT_RESIDENT,
  STATUS_NO_ROOM,
  STATUS_OK,
  TOKENS_ABSENT,
} from '../../../assembly/shared/layout.ts';
import { PagefoldError } from '../../domain/errors.ts';
import { encodePolicy } from './eviction-policy.ts';
import type { EvictionWeights } from './eviction-policy.ts';
import {
  decodeFacts,
  decodeFullTokens,
  decodeResident,
  decodeTier,
  encodeFacts,
  encodeFlags,
} from './page-facts.ts';
import type { NewPage, PageFacts } from './page-facts.ts';
import { PAGE_FLAGS, PAGE_TYPES, TIERS } from './page-kinds.ts';
import type {
  FoldLevel,
  LowerTier,
  PageFlag,
  PageType,
  PinFlag,
  SlotIndex,
  Tier,
} from './page-kinds.ts';
import type { PageSet, PageSetSource } from './page-set.ts';
import { decodeFigures } from './set-figures.ts';
import type {
  ChangeOutcome,
  FreeRequest,
  PlanStep,
  ScoredPage,
  WorkingSet,
  WorkingSetFigures,
  WorkingSetOptions,
} from './working-set.ts';

/**
 * Opens a working set in a kernel. This is the seam: numbers are checked before they cross it, because an integer of
 * WebAssembly takes anything for a number, and statuses become outcomes or errors behind it.
 *
 * @throws {PagefoldError} `INVALID_INPUT` for a budget or a policy that is none, `OVERLOADED` when the kernel is full.
 */
export function openWorkingSet(source: PageSetSource, options: WorkingSetOptions): WorkingSet {
  const { totalTokens, reservedTokens, policy, turn = 0 } = options;
  if (reservedTokens >= totalTokens) throw invalid('reservedTokens', reservedTokens);
  const set = source.openSet(
    whole('totalTokens', totalTokens),
    whole('reservedTokens', reservedTokens),
  );
  if (typeof set === 'number') throw toError(set);
  const workingSet = new CheckedWorkingSet(set, policy);
  try {
    workingSet.setPolicy(policy);
    workingSet.advanceTurn(turn);
    return workingSet;
  } catch (error) {
    workingSet.close();
    throw error;
  }
}

class CheckedWorkingSet implements WorkingSet {
  policy: EvictionWeights;
  #set: PageSet;
  #turn = 0;

  constructor(set: PageSet, policy: EvictionWeights) {
    this.#set = set;
    this.policy = policy;
  }

  add(page: NewPage): SlotIndex | undefined {
    encodeFacts(page, this.#set.facts());
    const slot = this.#set.addPage();
    if (slot === STATUS_NO_ROOM) return undefined;
    if (slot < STATUS_OK) throw toError(slot);
    return toSlot(slot);
  }

  read(slot: SlotIndex): PageFacts {
    must(this.#set.readPage(whole('slot', slot)));
    return decodeFacts(this.#set.facts());
  }

  tierOf(slot: SlotIndex): Tier {
    must(this.#set.readPage(whole('slot', slot)));
    return decodeTier(this.#set.facts());
  }

  fullTokensOf(slot: SlotIndex): number | null {
    must(this.#set.readPage(whole('slot', slot)));
    return decodeFullTokens(this.#set.facts());
  }

  isResident(slot: SlotIndex): boolean {
    must(this.#set.readPage(whole('slot', slot)));
    return decodeResident(this.#set.facts());
  }

  remove(slot: SlotIndex): void {
    must(this.#set.removePage(whole('slot', slot)));
  }

  admit(slot: SlotIndex, nowMs: number): ChangeOutcome {
    return toOutcome(this.#set.admit(whole('slot', slot), nowMs));
  }

  touch(slot: SlotIndex, nowMs: number): void {
    must(this.#set.touch(whole('slot', slot), nowMs));
  }

  renew(slot: SlotIndex): void {
    must(this.#set.renew(whole('slot', slot)));
  }

  moveTo(slot: SlotIndex, tier: LowerTier): ChangeOutcome {
    return toOutcome(this.#set.moveTo(whole('slot', slot), TIERS.indexOf(tier)));
  }

  evictTo(slot: SlotIndex, tier: LowerTier): ChangeOutcome {
    return toOutcome(this.#set.evictTo(whole('slot', slot), TIERS.indexOf(tier)));
  }

  protect(slot: SlotIndex): void {
    must(this.#set.protect(whole('slot', slot)));
  }

  pin(slot: SlotIndex, pin: PinFlag): void {
    must(this.#set.mark(whole('slot', slot), PAGE_FLAGS[pin], 0));
  }

  unpin(slot: SlotIndex): void {
    must(this.#set.mark(whole('slot', slot), 0, FLAGS_PINNED));
  }

  clearPins(pin: PinFlag): void {
    must(this.#set.clearPins(PAGE_FLAGS[pin]));
  }

  setFlag(slot: SlotIndex, flag: PageFlag): ChangeOutcome {
    return toOutcome(this.#set.mark(whole('slot', slot), encodeFlags([flag]), 0));
  }

  clearFlag(slot: SlotIndex, flag: PageFlag): ChangeOutcome {
    return toOutcome(this.#set.mark(whole('slot', slot), 0, encodeFlags([flag])));
  }

  setImportance(slot: SlotIndex, value: number): void {
    must(this.#set.setImportance(whole('slot', slot), value));
  }

  setImportanceOverride(slot: SlotIndex, value: number | null): void {
    if (value !== null && Number.isNaN(value)) throw invalid('importanceOverride', value);
    must(this.#set.setOverride(whole('slot', slot), value ?? Number.NaN));
  }

  setLevelTokens(slot: SlotIndex, level: FoldLevel, tokens: number | null): ChangeOutcome {
    const cost = tokens === null ? TOKENS_ABSENT : whole('tokens', tokens);
    return toOutcome(this.#set.setLevelTokens(whole('slot', slot), whole('level', level), cost));
  }

  fold(slot: SlotIndex, level: FoldLevel): ChangeOutcome {
    return toOutcome(this.#set.fold(whole('slot', slot), whole('level', level)));
  }

  setPolicy(policy: EvictionWeights): void {
    must(this.#set.setPolicy(encodePolicy(policy)));
    this.policy = policy;
  }

  setBudget(totalTokens: number, reservedTokens: number): ChangeOutcome {
    if (reservedTokens >= totalTokens) throw invalid('reservedTokens', reservedTokens);
    const [total, reserved] = [
      whole('totalTokens', totalTokens),
      whole('reservedTokens', reservedTokens),
    ];
    return toOutcome(this.#set.setBudget(total, reserved));
  }

  advanceTurn(turn: number = this.#turn + 1): number {
    must(this.#set.setTurn(whole('turn', turn)));
    this.#turn = turn;
    return turn;
  }

  selectVictims(request: FreeRequest): readonly SlotIndex[] | undefined {
    const count = this.#set.selectVictims(whole('tokens', request.tokens), modeOf(request));
    return count === STATUS_IMPOSSIBLE ? undefined : this.#slots(count);
  }

  planEviction(request: FreeRequest, deepestLevel: FoldLevel): readonly PlanStep[] | undefined {
    const tokens = whole('tokens', request.tokens);
    const deepest = whole('deepestLevel', deepestLevel);
    const count = this.#set.planEviction(tokens, modeOf(request), deepest);
    if (count === STATUS_IMPOSSIBLE) return undefined;
    const slots = this.#slots(count);
    const actions = this.#set.values(count);
    return slots.map((slot, index) => toStep(slot, actions[index] ?? ACTION_EVICT));
  }

  canReach(request: FreeRequest): boolean {
    const answer = this.#set.canReach(whole('tokens', request.tokens), modeOf(request));
    if (answer < STATUS_OK) throw toError(answer);
    return answer === 1;
  }

  scoreContext(isEmergency: boolean = false): readonly ScoredPage[] {
    return this.#scored(this.#set.scoreContext(isEmergency ? MODE_EMERGENCY : MODE_NORMAL));
  }

  scoreHot(limit: number, nowMs: number): readonly ScoredPage[] {
    return this.#scored(this.#set.scoreHot(whole('limit', limit), nowMs));
  }

  listTier(tier: Tier): readonly SlotIndex[] {
    return this.#slots(this.#set.listTier(TIERS.indexOf(tier)));
  }

  listType(type: PageType): readonly SlotIndex[] {
    return this.#slots(this.#set.listType(PAGE_TYPES.indexOf(type)));
  }

  listOldest(tier: Tier, limit: number): readonly SlotIndex[] {
    const count = whole('limit', limit);
    return this.#slots(this.#set.listByAccess(TIERS.indexOf(tier), count, ORDER_OLDEST));
  }

  listNewest(tier: Tier, limit: number): readonly SlotIndex[] {
    const count = whole('limit', limit);
    return this.#slots(this.#set.listByAccess(TIERS.indexOf(tier), count, ORDER_NEWEST));
  }

  figures(): WorkingSetFigures {
    return decodeFigures(this.#set.figures());
  }

  audit(): void {
    const finding = this.#set.audit();
    if (finding !== STATUS_OK) throw this.#set.distrust(finding);
  }

  close(): void {
    if (this.#set === CLOSED_SET) return;
    must(this.#set.close());
    this.#set = CLOSED_SET;
  }

  #slots(count: number): readonly SlotIndex[] {
    if (count < STATUS_OK) throw toError(count);
    // Only the kernel makes slots.
    return this.#set.keys(count) as SlotIndex[];
  }

  #scored(count: number): readonly ScoredPage[] {
    const slots = this.#slots(count);
    const scores = this.#set.scores(count);
    return slots.map((slot, index) => ({ slot, score: scores[index] ?? 0 }));
  }
}

/** Stands in for a set that was closed: whatever is asked of it, it throws. */
const CLOSED_SET: PageSet = /* @__PURE__ */ new Proxy({} as PageSet, {
  get: () => {
    throw new PagefoldError('CLOSED', 'The working set was closed.');
  },
});

function modeOf({ isEmergency = false }: FreeRequest): number {
  return isEmergency ? MODE_EMERGENCY : MODE_NORMAL;
}

function toStep(slot: SlotIndex, action: number): PlanStep {
  if (action === 1 || action === 2 || action === 3) return { kind: 'fold', slot, level: action };
  return { kind: 'evict', slot };
}

/** The kernel is the only maker of slots. */
function toSlot(slot: number): SlotIndex {
  return slot as SlotIndex;
}

function toOutcome(status: number): ChangeOutcome {
  switch (status) {
    case STATUS_OK:
      return 'done';
    case STATUS_NO_ROOM:
      return 'no-room';
    case STATUS_NOT_RESIDENT:
      return 'not-resident';
    case STATUS_LEVEL_ABSENT:
      return 'level-absent';
    default:
      throw toError(status);
  }
}

function must(status: number): void {
  if (status < STATUS_OK) throw toError(status);
}

/** A whole number of 31 bits, which crosses into WebAssembly as itself. */
function whole(field: string, value: number): number {
  if (value < 0 || (value | 0) !== value) throw invalid(field, value);
  return value;
}

function invalid(field: string, value: number): PagefoldError {
  return new PagefoldError('INVALID_INPUT', `${field} is out of range: ${value}.`, {
    data: { field, value: String(value) },
  });
}

function toError(status: number): PagefoldError {
  if (status === STATUS_BAD_SLOT) {
    return new PagefoldError('INVALID_INPUT', 'There is no page in this slot.', {
      data: { field: 'slot' },
    });
  }
  if (status === STATUS_BAD_VALUE) {
    return new PagefoldError('INVALID_INPUT', 'A number for the working set is out of range.');
  }
  return new PagefoldError('OVERLOADED', 'The kernel has no room for more pages or sets.', {
    data: { status },
  });
}
