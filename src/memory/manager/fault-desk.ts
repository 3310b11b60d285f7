import { PAGE_LEVELS, type PageLevel } from '../../domain/page.ts';
import type { FaultReason } from '../../domain/paging-policy.ts';
import type { FaultOutcome } from '../context/vm-tool-result.ts';
import type { VmToolErrorCode } from '../context/vm-tool-error.ts';
import { ExperienceMeter } from '../meters/experience-meter.ts';
import type { FaultChoice, FaultMeter } from '../meters/fault-meter.ts';
import { type FaultRefusal, REFUSAL_CODES } from '../meters/fault-refusal.ts';
import type { PageEntry } from '../table/page-entry.ts';
import type { ManagerCore } from './manager-core.ts';
import { tokensOfPlace } from './page-admission.ts';
import { levelLimit } from './page-fault.ts';
import type { PageFold } from './page-folds.ts';
import type { RoomChange } from './room-maker.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** A page that somebody wants to load. */
export interface PageRequest {
  readonly pageId: string;
  /** Anything else than a level is refused. */
  readonly level: number;
  readonly reason: FaultReason;
  /** Only a model is held to the policy; a system loads no page that others would have to make room for. */
  readonly actor: 'model' | 'user' | 'system';
  /** Whether other pages may leave for it. Default true. */
  readonly mayEvict?: boolean | undefined;
}

/** What was taken of a quota before a page is loaded. */
interface Grant {
  readonly level: PageLevel;
  readonly settle: (tokens: number) => boolean;
  readonly release: () => void;
  readonly fail: () => void;
}

/** What became of loading a content. */
type FoundContent =
  | { readonly kind: 'found'; readonly fold: PageFold | null }
  | { readonly kind: 'none'; readonly cause?: unknown };

/**
 * Loads pages into the context. Quota is taken before anything is waited for, a page is loaded once however many ask for it, and what
 * is told of it is what it is at the end.
 */
export class FaultDesk {
  readonly meter: FaultMeter;
  readonly experience: ExperienceMeter = new ExperienceMeter();
  readonly #core: ManagerCore;
  readonly #running = new Map<
    string,
    { readonly asked: PageRequest; readonly outcome: Promise<FaultOutcome> }
  >();

  constructor(core: ManagerCore, meter: FaultMeter) {
    this.#core = core;
    this.meter = meter;
  }

  /** Gives a page at a level, or at a deeper one that fits. Never throws for what was asked. */
  async fault(asked: PageRequest): Promise<FaultOutcome> {
    const running = this.#running.get(asked.pageId);
    if (running !== undefined) {
      const outcome = await running.outcome;
      const isSame = running.asked.level === asked.level && running.asked.actor === asked.actor;
      return isSame ? outcome : this.fault(asked);
    }
    const outcome = this.#fault(asked).finally(() => this.#running.delete(asked.pageId));
    this.#running.set(asked.pageId, { asked, outcome });
    return outcome;
  }

  async #fault(asked: PageRequest): Promise<FaultOutcome> {
    const { pageId, reason } = asked;
    const level = PAGE_LEVELS.find((known) => known === asked.level);
    if (level === undefined)
      return this.#fail(asked, 'INVALID_ARGUMENTS', 'target_level has to be 0, 1, 2 or 3');
    const mapped = this.#mapped(pageId, level);
    if (mapped !== null) return mapped;
    const refusal = this.#refusal(asked);
    if (refusal !== null) return refusal;
    const entry = this.#core.state.table.lookup(pageId);
    if (entry === null) return this.#fail(asked, 'PAGE_NOT_FOUND', `Page not found: ${pageId}`);
    const grant = this.#reserve(asked, entry, level);
    if ('kind' in grant) return this.#fail(asked, REFUSAL_CODES[grant.why], grant.message);
    const startMs = this.#core.settings.nowMs();
    const loaded = await this.#load(asked, entry, grant);
    if (loaded.kind !== 'loaded') return loaded;
    const latencyMs = Math.max(0, this.#core.settings.nowMs() - startMs);
    const { tokens: tokensLoaded } = loaded;
    const turn = this.#core.state.turns.turn;
    this.experience.recordFault({ pageId, reason, turn, tokensLoaded, latencyMs });
    return { ...loaded, latencyMs };
  }

  async #load(asked: PageRequest, entry: PageEntry, grant: Grant): Promise<FaultOutcome> {
    const { state, room } = this.#core;
    const { pageId, actor } = asked;
    const found = await this.#contentAt(pageId, grant.level);
    const content = state.contents.get(pageId);
    if (found.kind === 'none' || content === null) {
      grant.fail();
      const why = found.kind === 'none' ? { cause: found.cause } : {};
      return {
        ...failed(pageId, 'LOAD_FAILED', `Failed to load page from ${entry.tier}`),
        ...why,
      };
    }
    const { fold } = found;
    const tokens = tokensOfPlace(this.#core, pageId, fold);
    if (!grant.settle(tokens)) {
      const message = `The page takes ${tokens} tokens, which is more than is left in this turn`;
      return this.#fail(asked, 'TOKEN_BUDGET_EXCEEDED', message);
    }
    if (asked.mayEvict !== false) await room.prepare(tokens);
    const change = this.#place(asked, fold);
    // What is loaded ahead of its use is not used by that.
    if (actor !== 'system') this.#core.noteUse(pageId);
    return {
      kind: 'loaded',
      page: content.page,
      ...shownBy(fold, content.text),
      tier: state.table.lookup(pageId)?.tier ?? 'L2',
      sourceTier: entry.tier,
      isPromoted: change !== null,
      tokens,
      evictions: change === null ? [] : change.evicted,
      latencyMs: null,
    };
  }

  /** A form of the content where one was asked for and is shorter, or why there is no content. */
  async #contentAt(pageId: string, level: PageLevel): Promise<FoundContent> {
    try {
      if ((await this.#core.contentOf(pageId)) === null) return { kind: 'none' };
      const fold = level === 0 ? null : await this.#core.folds.make(pageId, level);
      return { kind: 'found', fold };
    } catch (cause) {
      return { kind: 'none', cause };
    }
  }

  /** Puts what was loaded at the end of the context; null when there is no room for it, or it is gone by now. */
  #place(asked: PageRequest, fold: PageFold | null): RoomChange | null {
    const { state, journal, settings, pins } = this.#core;
    const { pageId, reason, actor } = asked;
    const entry = state.table.lookup(pageId);
    if (entry === null || state.contents.get(pageId) === null) return null;
    const change = this.#makeRoom(asked, entry, fold);
    const cause = change === null ? 'page_fault_unmapped' : 'page_fault';
    const atMs = settings.nowMs();
    journal.change(pageId, { type: 'fault_in', cause: causeOf(cause, reason), actor }, () => {
      if (change === null) {
        state.table.touch(pageId, atMs);
        return;
      }
      const form = entry.tier === 'L0' ? state.contextPage(pageId).form : 'entry';
      state.placePage({ pageId, form, shown: fold?.representation ?? null }, atMs);
      state.table.protect(pageId);
    });
    if (entry.card.pageType === 'claim') pins.refresh();
    return change;
  }

  #makeRoom(
    { pageId, mayEvict = true }: PageRequest,
    { tier, tokens: present }: PageEntry,
    fold: PageFold | null,
  ): RoomChange | null {
    const { state, room } = this.#core;
    const tokens = tokensOfPlace(this.#core, pageId, fold);
    const isThere = tier === 'L0';
    const more = isThere ? Math.max(0, tokens - present) : tokens;
    if (!mayEvict && more > state.table.set.figures().availableTokens) return null;
    return room.makeRoom(more, isThere ? pageId : null);
  }

  #mapped(pageId: string, level: PageLevel): FaultOutcome | null {
    const { state, view, settings } = this.#core;
    const entry = state.table.lookup(pageId);
    if (entry === null) return null;
    const isAsInContext = entry.tier === 'L0' && !view.hidden.has(pageId);
    const shownLevel = isAsInContext ? entry.level : view.shown.get(pageId);
    if (shownLevel === undefined || shownLevel > level) return null;
    state.table.touch(pageId, settings.nowMs());
    this.#core.noteUse(pageId);
    const { modality } = entry.card;
    const known = PAGE_LEVELS.find((each) => each === shownLevel) ?? 0;
    return { kind: 'already_mapped', pageId, modality, level: known };
  }

  #refusal({ pageId, reason, actor }: PageRequest): FaultOutcome | null {
    if (actor !== 'model' || this.meter.canFault(0, reason)) return null;
    const answer = this.meter.reserve({ reason, tokens: 0 });
    if (answer.kind === 'reserved') {
      answer.release();
      return null;
    }
    if (answer.why === 'reason') this.meter.recordFailure();
    return failed(pageId, REFUSAL_CODES[answer.why], answer.message);
  }

  /** Takes quota for the first level from the one asked for on that fits, by what it takes at most. */
  #reserve(asked: PageRequest, entry: PageEntry, level: PageLevel): Grant | FaultRefusal {
    const free = { settle: () => true, release: () => {}, fail: () => {} };
    if (asked.actor !== 'model') return { level, ...free };
    const choices = PAGE_LEVELS.filter((each) => each >= level).map((each) =>
      this.#choice(entry, each),
    );
    const answer = this.meter.reserveFirst(choices, asked.reason);
    if (answer.kind === 'refused') return answer;
    const { settle, release, fail } = answer;
    return { level: answer.level, settle, release, fail };
  }

  #choice({ card, levelTokens }: PageEntry, level: PageLevel): FaultChoice {
    const whole = levelTokens[0] ?? 0;
    if (level === 0) return { level, tokens: whole };
    const known = this.#core.folds.at(card.pageId, level)?.tokens;
    if (this.#core.folds.isShort(card.pageId)) return { level, tokens: whole };
    const limit = levelLimit(level, Math.max(0, whole - LINE_TOKENS)) + LINE_TOKENS;
    return { level, tokens: known ?? Math.min(whole, limit) };
  }

  #fail(asked: PageRequest, code: VmToolErrorCode, message: string): FaultOutcome {
    if (asked.actor === 'model') this.meter.recordFailure();
    return failed(asked.pageId, code, message);
  }
}

/** The reason of a fault of the system tells what it was for. */
function causeOf(cause: string, reason: FaultReason): string {
  return reason === 'resolve_reference' ? cause : `${cause}:${reason}`;
}

/** What a loaded page shows. */
function shownBy(
  fold: PageFold | null,
  whole: string,
): { readonly level: PageLevel; readonly text: string } {
  if (fold === null) return { level: 0, text: whole };
  return { level: fold.representation.level, text: fold.representation.text ?? whole };
}

function failed(pageId: string, code: VmToolErrorCode, message: string): FaultOutcome {
  return { kind: 'failed', code, message, pageId };
}
