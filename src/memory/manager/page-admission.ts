import type { PageLevel } from '../../domain/page.ts';
import type { PlacedPage } from '../../domain/memory-change.ts';
import { FOLD_LEVELS } from '../folding/level-limits.ts';
import type { ManagerCore } from './manager-core.ts';
import type { PageFold } from './page-folds.ts';
import { NOTHING_MOVED, type RoomChange } from './room-maker.ts';

/** What became of a page that was to join the context. */
export interface AddOutcome extends RoomChange {
  readonly isInContext: boolean;
  /** How much of it is shown. */
  readonly level: PageLevel;
  /**
   * Why it is not there: `too-large` whatever leaves, `no-room` beside what is pinned, `lost` content that cannot be loaded, or
   * `deleted` meanwhile. Null when it is.
   */
  readonly refusal: 'too-large' | 'no-room' | 'lost' | 'deleted' | null;
}

/** Brings pages into the context, in the order in which it is asked for them. */
export class PageAdmission {
  readonly #core: ManagerCore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(core: ManagerCore) {
    this.#core = core;
  }

  /** Adds a page at the end of the context. Pages that were asked for before join before it, all else goes on meanwhile. */
  async add(pageId: string): Promise<AddOutcome> {
    this.#core.assertPage(pageId);
    const added = this.#last.then(() => this.#add(pageId));
    this.#last = added.catch(() => null);
    return added;
  }

  async #add(pageId: string): Promise<AddOutcome> {
    const { state, room, folds, settings } = this.#core;
    const entry = state.table.lookup(pageId);
    if (entry === null) return refused('deleted');
    if (entry.tier === 'L0') {
      state.table.touch(pageId, settings.nowMs());
      return { ...NOTHING_MOVED, isInContext: true, level: entry.level, refusal: null };
    }
    if ((await this.#core.contentOf(pageId)) === null)
      return refused(state.table.has(pageId) ? 'lost' : 'deleted');
    await room.prepare(entry.tokens);
    const whole = this.place(pageId, null);
    if (whole !== null || !settings.isFolding) return whole ?? this.#refusal(pageId);
    for (const level of FOLD_LEVELS) {
      // One after the other: the next is needed only where this one is too long as well.
      const fold = await folds.make(pageId, level);
      const folded = fold === null ? null : this.place(pageId, fold);
      if (folded !== null) return folded;
    }
    return this.#refusal(pageId);
  }

  /** Puts a page at the end of the context, whole or by a form of it; null, and nothing changes, when it does not fit. */
  place(pageId: string, fold: PageFold | null): AddOutcome | null {
    const { state, room, journal, settings } = this.#core;
    const content = state.contents.get(pageId);
    if (content === null || state.isInContext(pageId)) return null;
    const change = room.makeRoom(tokensOfPlace(this.#core, pageId, fold));
    if (change === null) return null;
    const form = content.event === null ? 'entry' : 'turn';
    const shown = fold?.representation ?? null;
    const place: PlacedPage = { pageId, form, shown };
    journal.change(pageId, { type: 'update', cause: 'added_to_context' }, () => {
      state.placePage(place, settings.nowMs());
    });
    this.#noteTurn(pageId);
    return { ...change, isInContext: true, level: shown?.level ?? 0, refusal: null };
  }

  /** What is said belongs to the turn in which it joined the context first. */
  #noteTurn(pageId: string): void {
    const { state, pins } = this.#core;
    const card = state.table.cardOf(pageId);
    if (card?.pageType === 'claim') pins.refresh();
    if (card?.pageType !== 'transcript' && card?.pageType !== 'artifact') return;
    const isKnown = state.turns.all().some(({ pageIds }) => pageIds.includes(pageId));
    if (!isKnown) state.turns.add(pageId, false);
  }

  #refusal(pageId: string): AddOutcome {
    const { state } = this.#core;
    const entry = state.table.lookup(pageId);
    if (entry === null) return refused('deleted');
    const { totalTokens, reservedTokens } = state.table.set.figures();
    return refused(entry.tokens > totalTokens - reservedTokens ? 'too-large' : 'no-room');
  }
}

/** What a page would cost in the context, whole or by a form of it. */
export function tokensOfPlace(
  { state }: ManagerCore,
  pageId: string,
  fold: PageFold | null,
): number {
  return fold?.tokens ?? state.table.lookup(pageId)?.levelTokens[0] ?? 0;
}

function refused(refusal: NonNullable<AddOutcome['refusal']>): AddOutcome {
  return { ...NOTHING_MOVED, isInContext: false, level: 0, refusal };
}
