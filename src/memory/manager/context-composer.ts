import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { PagingMode } from '../../domain/paging-policy.ts';
import type { DemandPager } from '../paging/demand-pager.ts';
import { RecallPacker } from '../search/recall-packer.ts';
import type { PackedPage } from '../search/recall-packer.ts';
import { rankForRecall } from '../search/recall-ranker.ts';
import type { RankedPage } from '../search/recall-ranker.ts';
import { foldUnderPressure } from './context-pressure.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestionId, placeQuestion } from './open-question.ts';
import {
  packedTokens,
  packInOrder,
  packPages,
  packTurns,
  type PlacedPages,
  placePages,
} from './placed-pages.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** How a context is put together. */
export interface ComposerSettings {
  readonly paging: PagingMode;
  /** Turns before the open one that always stay, folded when they are long. */
  readonly keptTurns: number;
  /** Share of the room that those turns may take when old pages are needed. */
  readonly recentShare: number;
  /** Share of the room that the open turn may take. */
  readonly openShare: number;
  /** Share of the room that pages may take which somebody pinned. */
  readonly explicitShare: number;
  /** Share of the room that claims and summaries may take which stay by what they are. */
  readonly pinnedShare: number;
  /** How full a context is after a compaction that no question asked for. */
  readonly targetUtilization: number;
  /** Share of the relevant that has to be out of the context before it is put together around a message that asks something. */
  readonly missingShare: number;
  /** The same for a short question, which asks for something to be found and not for something to be done. */
  readonly missingShareOfLookup: number;
  /** Pages that the manifest names at most. */
  readonly maxAvailable: number;
}

/** Used where nothing else is said. */
export const DEFAULT_COMPOSER_SETTINGS: ComposerSettings = {
  paging: 'hybrid',
  keptTurns: 3,
  recentShare: 1 / 8,
  openShare: 1 / 2,
  explicitShare: 1 / 4,
  pinnedShare: 1 / 12,
  targetUtilization: 0.7,
  missingShare: 0.5,
  missingShareOfLookup: 0.05,
  maxAvailable: 50,
};

/** What a context is needed for. */
export interface ComposeRequest {
  /** Tokens that pages may take with their lines. */
  readonly maxTokens: number;
  /** Tokens that they may take once the context is put together anew, which needs room for a manifest. */
  readonly compactedTokens: number;
  /** Tokens that the newest question may take, as long as they are there; half of the room by default. */
  readonly questionTokens?: number | undefined;
  /** What the user asks now; null when nobody waits for an answer. */
  readonly question: string | null;
  readonly nowMs: number;
}

/** Fewest and most pages that are looked at for a question. */
const MIN_CANDIDATES = 40;
const MAX_CANDIDATES = 500;
const SPARE_CANDIDATES = 32;
/** A page takes rarely less than this. */
const TOKENS_A_CANDIDATE = 12;
/** The best hits tell whether a context has what is asked for. */
const GAUGED_PAGES = 12;
/** Of a large context more hits count. */
const TOKENS_A_GAUGED_PAGE = 100;
/** Characters of a question that folding is focused on. */
const MAX_FOCUS_LENGTH = 2_000;

interface Ranked {
  readonly key: string;
  readonly limit: number;
  readonly pages: readonly RankedPage[];
}

/**
 * Decides what a context shows next. As long as everything fits and the question is about what is there, nothing changes. When
 * too much is there, pages are folded and the least wanted leave. When the question is about what is not there, the context is
 * put together anew around it.
 */
export class ContextComposer {
  readonly #state: MemoryState;
  readonly #settings: ComposerSettings;
  readonly #pager: DemandPager;
  readonly #packer: RecallPacker;
  /** Of the latest question: one context may take some attempts. */
  #ranked: Ranked | null = null;

  constructor(state: MemoryState, settings: ComposerSettings, pager: DemandPager) {
    this.#state = state;
    this.#settings = settings;
    this.#pager = pager;
    const { countTokens, outline } = state;
    this.#packer = new RecallPacker({ countTokens, outline, lineTokens: LINE_TOKENS });
  }

  /** The changes that make the context fit and hold what the question needs; none when it is right already. */
  async compose(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const ranked = this.#rank(request);
    if (ranked.length > 0 && this.#needsRecall(ranked, request))
      return this.#recall(ranked, request);
    if (this.#state.usedTokens > request.maxTokens || this.#lacksQuestion(request)) {
      return this.#relieve(request);
    }
    const pinned = await this.#bringPinned();
    return pinned.length > 0 ? pinned : this.#pageIn(request);
  }

  #rank({ question, compactedTokens: maxTokens, nowMs }: ComposeRequest): readonly RankedPage[] {
    if (question === null || this.#settings.paging === 'model') return [];
    // Nothing is put together around a message that asks nothing.
    if (!this.#isLookup(question) && !isQuestion(question)) return [];
    const wanted = Math.ceil(maxTokens / TOKENS_A_CANDIDATE);
    const limit = Math.min(MAX_CANDIDATES, Math.max(MIN_CANDIDATES, wanted));
    const { version, table, index, turns } = this.#state;
    const key = JSON.stringify([question, nowMs, version, table.size]);
    if (this.#ranked?.key !== key || this.#ranked.limit < limit) {
      // A little more than is wanted, since the next attempt may want a little more.
      const most = limit + SPARE_CANDIDATES;
      const except = new Set(turns.current.pageIds);
      const pages = rankForRecall(index, question, { limit: most, nowMs, except });
      this.#ranked = { key, limit: most, pages };
    }
    return this.#ranked.pages.slice(0, limit);
  }

  /** Whether what the question is about is mostly elsewhere, or would be once the context fits. */
  #needsRecall(ranked: readonly RankedPage[], { question, maxTokens }: ComposeRequest): boolean {
    const best = ranked.slice(
      0,
      Math.max(GAUGED_PAGES, Math.ceil(maxTokens / TOKENS_A_GAUGED_PAGE)),
    );
    const isOverfull = this.#state.usedTokens > maxTokens;
    const tail = new Set(isOverfull ? this.#tailIds() : []);
    const all = best.reduce((sum, { relevance }) => sum + relevance, 0);
    const missing = best
      .filter(({ page }) => (isOverfull ? !tail.has(page.id) : !this.#state.isInContext(page.id)))
      .reduce((sum, { relevance }) => sum + relevance, 0);
    if (question === null || (this.#state.recalledTurn === this.#state.turns.turn && !isOverfull))
      return false;
    if (this.#isLookup(question)) return missing > all * this.#settings.missingShareOfLookup;
    // Work that is asked for is mostly about what was said last: it is not worth a new prefix, unless there has to be one.
    return isOverfull && isQuestion(question) && missing > all * this.#settings.missingShare;
  }

  #isLookup(question: string): boolean {
    return this.#pager.isRecall(question) || isLookup(question);
  }

  /** Puts the context together around a question. */
  async #recall(
    ranked: readonly RankedPage[],
    request: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const tail = this.#tailIds();
    const open = state.turns.current.pageIds;
    const pinned = this.#pinnedIds([...tail, ...open]);
    const found = ranked.filter(({ page }) => ![...tail, ...pinned].includes(page.id));
    await state.ensure([...tail, ...open, ...pinned, ...found.map(({ page }) => page.id)]);
    const focus = (request.question ?? '').slice(0, MAX_FOCUS_LENGTH);
    const isFull = this.#isLookup(request.question ?? '');
    // What is asked for once may fill the context; work goes on, and needs room for that.
    const maxTokens = request.compactedTokens * (isFull ? 1 : this.#settings.targetUtilization);
    const { openShare, recentShare } = this.#settings;
    const openPages = this.#placeOpen(open, {
      ...request,
      maxTokens: maxTokens * openShare,
      focus,
    });
    const recent = packTurns(state, this.#packer, {
      pageIds: tail.toReversed(),
      maxTokens: maxTokens * recentShare,
      focus,
    });
    const kept = this.#packPinned(pinned, maxTokens, focus);
    const room = maxTokens - openPages.tokens - recent.tokens - packedTokens(kept);
    const candidates = found.map(({ page, relevance }) => ({ id: page.id, relevance }));
    const packed = packPages(state, this.#packer, { candidates, maxTokens: room, focus });
    const entries = placePages([...kept, ...packed], { form: 'entry', focus });
    const turns = [...recent.pages, ...openPages.pages];
    const pages = [...this.#ordered(entries), ...this.#ordered(turns)];
    const cause = isFull ? 'recall' : 'pressure';
    return [{ kind: 'compacted', cause, pages, available: this.#available(pages, ranked) }];
  }

  /** Makes room without a question: long turns are folded, and the least wanted pages leave. */
  async #relieve(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const tail = [...this.#tailIds(), ...state.turns.current.pageIds];
    const pinned = this.#pinnedIds(tail);
    await state.ensure([...tail, ...pinned]);
    const { compactedTokens: maxTokens } = request;
    const focus = '';
    const { openShare, targetUtilization } = this.#settings;
    const kept = this.#placeOpen(tail, { ...request, maxTokens: maxTokens * openShare, focus });
    const stays = this.#packPinned(pinned, maxTokens, focus);
    const staying = placePages(stays, { form: 'entry', focus });
    const shown = new Set([...tail, ...pinned]);
    const rest = maxTokens * targetUtilization - kept.tokens - packedTokens(stays);
    const entries = foldUnderPressure(state, { maxTokens: Math.max(0, rest), except: shown });
    const pages = [...this.#ordered([...staying, ...entries]), ...this.#ordered(kept.pages)];
    return [{ kind: 'compacted', cause: 'pressure', pages, available: this.#available(pages, []) }];
  }

  /** Pinned pages that are not in the context yet, whole; what does not fit is dealt with by the next compaction. */
  async #bringPinned(): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const missing = [...state.explicitPins].filter((id) => !state.isInContext(id));
    if (missing.length === 0) return [];
    await state.ensure(missing);
    const pages = missing.map((pageId): PlacedPage => ({ pageId, form: 'entry', shown: null }));
    return [
      {
        kind: 'faulted',
        actor: 'system',
        reason: 'resolve_reference',
        pages,
        before: this.#openPage(),
      },
    ];
  }

  /** The page that what is loaded for a question stands before; null for the end. */
  #openPage(): string | null {
    const { turns } = this.#state;
    return turns.current.pageIds.find((id) => this.#state.isInContext(id)) ?? null;
  }

  /** Loads what the question is about into room that is free. */
  async #pageIn({ question, maxTokens }: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    if (question === null || this.#settings.paging === 'model') return [];
    const context = state.table.idsOfTier('L0');
    if (context.length === state.table.size) return [];
    const tokensOfPage = (id: string): number => state.table.lookup(id)?.tokens ?? Infinity;
    const resident = new Set([...context, ...state.turns.current.pageIds]);
    const free = maxTokens * this.#settings.targetUtilization - state.usedTokens;
    const plan = this.#pager.plan({
      message: question,
      index: state.index,
      resident,
      tokensOf: (id) => (tokensOfPage(id) <= free ? tokensOfPage(id) : Infinity),
    });
    let room = free;
    const chosen = plan.candidates.filter(({ id }) => {
      const isTaken = tokensOfPage(id) <= room;
      if (isTaken) room -= tokensOfPage(id);
      return isTaken;
    });
    const [first] = chosen;
    if (first === undefined) return [];
    await state.ensure(chosen.map(({ id }) => id));
    const ids = state.table.inOrder(chosen.map(({ id }) => id));
    const pages = ids.map((pageId): PlacedPage => ({ pageId, form: 'entry', shown: null }));
    const before = this.#openPage();
    return [{ kind: 'faulted', actor: 'system', reason: first.reason, pages, before }];
  }

  #tailIds(): readonly string[] {
    const turns = this.#state.turns.before(this.#settings.keptTurns);
    return turns.flatMap(({ pageIds }) => pageIds);
  }

  /** Whether the newest question is not to be seen, or shortened though it need not be. */
  #lacksQuestion(request: ComposeRequest): boolean {
    const state = this.#state;
    const question = newestQuestionId(state);
    if (question === null) return false;
    if (!state.isInContext(question)) return true;
    if (state.contextPage(question).shown === null) return false;
    return placeQuestion(state, this.#questionTokens(request))?.place.shown === null;
  }

  #questionTokens({ compactedTokens, questionTokens }: ComposeRequest): number {
    return questionTokens ?? compactedTokens * this.#settings.openShare;
  }

  /** Pages of the last turns as turns: first of all what is asked, then the latest. */
  #placeOpen(
    pageIds: readonly string[],
    request: ComposeRequest & { readonly focus: string },
  ): PlacedPages {
    const { maxTokens, compactedTokens, questionTokens = maxTokens, focus } = request;
    // Where less room turned out to be there, other pages give way before the question does.
    const ofQuestion = Math.min(compactedTokens, Math.max(maxTokens, questionTokens));
    const whole = placeQuestion(this.#state, questionTokens);
    const asked = whole?.place.shown === null ? whole : placeQuestion(this.#state, ofQuestion);
    const others = packTurns(this.#state, this.#packer, {
      pageIds: pageIds.filter((id) => id !== newestQuestionId(this.#state)).toReversed(),
      maxTokens: Math.max(0, maxTokens - (asked?.tokens ?? 0)),
      focus,
    });
    if (asked === null) return others;
    return { pages: [asked.place, ...others.pages], tokens: asked.tokens + others.tokens };
  }

  /** What somebody pinned comes before what stays by what it is. */
  #packPinned(pageIds: readonly string[], maxTokens: number, focus: string): readonly PackedPage[] {
    const { explicitPins } = this.#state;
    const { explicitShare, pinnedShare } = this.#settings;
    const wanted = pageIds.filter((id) => explicitPins.has(id));
    const others = pageIds.filter((id) => !explicitPins.has(id));
    return [
      ...this.#pack(wanted, maxTokens * explicitShare, focus),
      ...this.#pack(others, maxTokens * pinnedShare, focus),
    ];
  }

  /** Pages that stay whatever is asked, those that count most first. */
  #pinnedIds(except: readonly string[]): readonly string[] {
    const { table } = this.#state;
    const isPinned = (id: string): boolean => table.lookup(id)?.pin !== 'none';
    const importanceOf = (id: string): number => table.lookup(id)?.importance ?? 0;
    const derived = [...table.idsOfType('claim'), ...table.idsOfType('summary')];
    const ids = [...this.#state.explicitPins, ...table.idsOfTier('L0'), ...derived];
    return [...new Set(ids.filter(isPinned))]
      .filter((id) => !except.includes(id))
      .toSorted((left, right) => importanceOf(right) - importanceOf(left));
  }

  #pack(pageIds: readonly string[], maxTokens: number, focus: string): readonly PackedPage[] {
    return packInOrder(this.#state, this.#packer, { pageIds, maxTokens, focus });
  }

  #ordered(pages: readonly PlacedPage[]): readonly PlacedPage[] {
    const byId = new Map(pages.map((page) => [page.pageId, page]));
    return this.#state.table.inOrder(byId.keys()).flatMap((id) => byId.get(id) ?? []);
  }

  /** What the manifest names: first what has to do with the question, then what was used last. */
  #available(pages: readonly PlacedPage[], ranked: readonly RankedPage[]): readonly string[] {
    const { maxAvailable } = this.#settings;
    const shown = new Set(pages.filter((page) => page.shown === null).map(({ pageId }) => pageId));
    const { table } = this.#state;
    const recent = (['L0', 'L1', 'L2'] as const).flatMap((tier) =>
      table.newest(tier, maxAvailable + shown.size),
    );
    const ids = new Set([...ranked.map(({ page }) => page.id), ...recent]);
    // A claim says what stands in its message, which is named itself.
    const isNamed = (id: string): boolean => table.cardOf(id)?.pageType !== 'claim';
    return [...ids].filter((id) => !shown.has(id) && isNamed(id)).slice(0, maxAvailable);
  }
}

/** Longer messages ask for work; what they need is mostly what was spoken of last. */
const MAX_LOOKUP_LENGTH = 320;

function isLookup(message: string): boolean {
  return message.length <= MAX_LOOKUP_LENGTH && isQuestion(message) && !message.includes('```');
}

/** Whether a message asks something, in English or with a question mark of any script. */
function isQuestion(message: string): boolean {
  return (
    /[?？؟]/.test(message) || /^\s*(?:who|what|when|where|which|why|how|whose)\b/i.test(message)
  );
}
