import { evictionTarget, type ParsedWorkingSetConfig } from '../../domain/working-set-config.ts';
import type { EvictionPolicy } from '../eviction/eviction-policy.ts';
import type { FoldLevel } from '../folding/level-limits.ts';
import type { AutoPins } from './auto-pins.ts';
import type { MemoryState } from './memory-state.ts';
import { planInOrder, rankByPolicy, type RoomNeed, type RoomStep } from './own-eviction.ts';
import type { PageFolds } from './page-folds.ts';
import type { PageJournal } from './page-journal.ts';

/** What made room. */
export interface RoomChange {
  /** Ids of pages of which less is shown now. */
  readonly folded: readonly string[];
  /** Ids of pages that left the context. */
  readonly evicted: readonly string[];
}

/** What a room maker works with. */
export interface RoomParts {
  readonly state: MemoryState;
  readonly journal: PageJournal;
  readonly folds: PageFolds;
  readonly pins: AutoPins;
  readonly config: ParsedWorkingSetConfig;
  readonly policy: EvictionPolicy;
  /** Whether pages are folded before they leave. */
  readonly isFolding: boolean;
  readonly nowMs: () => number;
}

/** Nothing had to make room. */
export const NOTHING_MOVED: RoomChange = { folded: [], evicted: [] };

/** A reference says too little to be worth its line in a context; the manifest names the page as well. */
const DEEPEST_LEVEL = 2;
/** Pages below this are not worth folding. */
const MIN_FOLDED_TOKENS = 48;
/** Pages that are folded for one run at most. */
const MAX_FOLDED = 64;
const LEVEL_NAMES = ['full', 'reduced', 'abstract', 'reference'] as const;

/**
 * Makes room in the context: what is wanted least is folded, and only if that does not suffice pages leave. Either all of it is
 * made or nothing changes.
 */
export class RoomMaker {
  readonly #parts: RoomParts;
  /** Whether the kernel scores as the policy does. */
  readonly #isKernelPolicy: boolean;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#isKernelPolicy = (parts.policy.kernelWeights?.() ?? null) !== null;
  }

  /** Whether the context is fuller than its threshold. */
  needsEviction(): boolean {
    const { usedTokens, totalTokens, reservedTokens } = this.#parts.state.table.set.figures();
    return usedTokens / (totalTokens - reservedTokens) > this.#parts.config.evictionThreshold;
  }

  /** Folds what making so much room may need. Changes nothing else, and may take as long as a model does. */
  async prepare(tokens: number): Promise<void> {
    const { state, folds, isFolding } = this.#parts;
    const { availableTokens } = state.table.set.figures();
    if (!isFolding || tokens <= availableTokens) return;
    const need = Math.max(tokens - availableTokens, this.#target(tokens));
    const chosen: string[] = [];
    let sum = 0;
    for (const pageId of this.#ranked(true)) {
      // Folding saves half of a page, rarely much more.
      if (sum >= 2 * need || chosen.length >= MAX_FOLDED) break;
      const entry = state.table.lookup(pageId);
      if (entry === null || entry.level >= DEEPEST_LEVEL) continue;
      if (entry.tokens < MIN_FOLDED_TOKENS || folds.isShort(pageId)) continue;
      chosen.push(pageId);
      sum += entry.tokens;
    }
    await Promise.all(chosen.flatMap((id) => [folds.make(id, 1), folds.make(id, DEEPEST_LEVEL)]));
  }

  /** Makes room for so many tokens; null, and nothing changes, when that is impossible. `keep` names a page that stays whole. */
  makeRoom(tokens: number, keep: string | null = null): RoomChange | null {
    const { state, pins } = this.#parts;
    const { availableTokens, reservedTokens, totalTokens } = state.table.set.figures();
    if (tokens <= availableTokens) return NOTHING_MOVED;
    if (tokens > totalTokens - reservedTokens) return null;
    const missing = tokens - availableTokens;
    const hold = (): void => {
      if (keep !== null) state.table.pin(keep, 'rule');
    };
    hold();
    const usual =
      this.#plan({ tokens: Math.max(missing, this.#target(tokens)), isEmergency: false }) ??
      this.#plan({ tokens: missing, isEmergency: false });
    if (usual === null) {
      // Nothing else is left: what a rule holds goes first, then what was loaded or taken out lately.
      pins.release();
      hold();
    }
    const plan =
      usual ??
      this.#plan({ tokens: missing, isEmergency: false }) ??
      this.#plan({ tokens: missing, isEmergency: true });
    const change = plan === null ? null : this.#carryOut(plan, 'eviction_pressure');
    pins.restore();
    return change;
  }

  /** Brings the context down to its target when it is fuller than its threshold. */
  relieve(): RoomChange {
    if (!this.needsEviction()) return NOTHING_MOVED;
    const plan = this.#plan({ tokens: this.#target(0), isEmergency: false });
    return plan === null ? NOTHING_MOVED : this.#carryOut(plan, 'threshold_exceeded');
  }

  /** Prepares {@link relieve}. */
  async prepareRelief(): Promise<void> {
    const { availableTokens } = this.#parts.state.table.set.figures();
    if (this.needsEviction()) await this.prepare(availableTokens + this.#target(0));
  }

  #target(neededTokens: number): number {
    const { state, config } = this.#parts;
    return evictionTarget(config, { usedTokens: state.usedTokens, neededTokens });
  }

  /** The pages that may leave, the first to leave first. */
  #ranked(isEmergency: boolean): readonly string[] {
    const { state, policy, nowMs } = this.#parts;
    if (!this.#isKernelPolicy) return rankByPolicy(state, policy, { isEmergency, nowMs: nowMs() });
    return state.table.set.scoreContext(isEmergency).map(({ slot }) => state.table.idOf(slot));
  }

  #plan(need: RoomNeed): readonly RoomStep[] | null {
    const { state, folds, isFolding } = this.#parts;
    const deepestLevel = isFolding ? DEEPEST_LEVEL : 0;
    if (!this.#isKernelPolicy) {
      const tokensAt = (id: string, level: FoldLevel): number | null =>
        folds.at(id, level)?.tokens ?? null;
      const order = this.#ranked(need.isEmergency);
      return planInOrder(state, order, { tokens: need.tokens, deepestLevel, tokensAt });
    }
    if (!isFolding) {
      const victims = state.table.set.selectVictims(need);
      return victims?.map((slot) => ({ kind: 'evict', pageId: state.table.idOf(slot) })) ?? null;
    }
    this.#noteFolds();
    const plan = state.table.set.planEviction(need, deepestLevel);
    return plan?.flatMap((step) => this.#toStep(step) ?? []) ?? null;
  }

  #toStep(step: {
    readonly kind: 'fold' | 'evict';
    readonly slot: Parameters<MemoryState['table']['idOf']>[0];
    readonly level?: 0 | FoldLevel;
  }): RoomStep | null {
    const pageId = this.#parts.state.table.idOf(step.slot);
    if (step.kind === 'evict') return { kind: 'evict', pageId };
    return step.level === undefined || step.level === 0
      ? null
      : { kind: 'fold', pageId, level: step.level };
  }

  /** Tells the kernel what the pages of the context would cost at the levels that there are forms for. */
  #noteFolds(): void {
    const { state, folds } = this.#parts;
    for (const pageId of state.table.idsOfTier('L0')) {
      const entry = state.table.lookup(pageId);
      for (const level of [1, 2, 3] as const) {
        const tokens = folds.at(pageId, level)?.tokens ?? null;
        if (entry === null || level <= entry.level || entry.levelTokens[level] === tokens) continue;
        state.table.noteLevel(pageId, level, tokens);
      }
    }
  }

  #carryOut(plan: readonly RoomStep[], cause: string): RoomChange {
    const folded: string[] = [];
    const evicted: string[] = [];
    for (const step of plan) {
      if (step.kind === 'fold') {
        if (this.showFold(step.pageId, step.level)) folded.push(step.pageId);
      } else {
        evicted.push(step.pageId);
        this.evict(step.pageId, cause);
      }
    }
    return { folded, evicted };
  }

  /** Shows a page of the context by a form that there is; false when that saves nothing. */
  showFold(pageId: string, level: FoldLevel): boolean {
    const { state, journal, folds, nowMs } = this.#parts;
    const fold = folds.at(pageId, level);
    const entry = state.table.lookup(pageId);
    if (fold === null || entry?.tier !== 'L0' || fold.tokens >= entry.tokens) return false;
    const { form } = state.contextPage(pageId);
    const cause = `compress_${LEVEL_NAMES[level]}`;
    journal.change(pageId, { type: 'compress', cause }, () => {
      state.placePage({ pageId, form, shown: fold.representation }, nowMs());
    });
    return true;
  }

  /** Takes a page out of the context; its content stays in the process. */
  evict(pageId: string, cause: string): void {
    const { state, journal } = this.#parts;
    journal.change(pageId, { type: 'evict', cause }, () => {
      state.leave(pageId, 'L2');
      state.table.release(pageId, 'rule');
    });
  }
}
