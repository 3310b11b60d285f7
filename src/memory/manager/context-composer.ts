import type { CompactionCause, MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { DemandPager } from '../paging/demand-pager.ts';
import { RecallPacker } from '../search/recall-packer.ts';
import type { RankedPage } from '../search/recall-ranker.ts';
import type { ComposeRequest, ComposerSettings } from './composer-settings.ts';
import { foldUnderPressure } from './context-pressure.ts';
import { ContextPlacer } from './context-placer.ts';
import { isShrunk, roomOf } from './context-room.ts';
import type { MemoryState } from './memory-state.ts';
import { focusOf, isQuestion } from './lookup-question.ts';
import { newestQuestion, newestQuestionId, placeQuestion } from './open-question.ts';
import { packTurns } from './packed-turns.ts';
import {
  idsOf,
  packedTokens,
  placesOf,
  placePages,
  weighed,
  weighedChanges,
} from './placed-pages.ts';
import { QuestionRanker } from './question-ranker.ts';
import { LINE_TOKENS } from './shown-page.ts';
import { questionMark } from './turn-loads.ts';

/** The best hits tell whether a context has what is asked for. */
const GAUGED_PAGES = 12;
/** Of a large context more hits count. */
const TOKENS_A_GAUGED_PAGE = 100;
/** Room that is worth loading what a question needs into, instead of putting the context together anew. */
const MIN_RECALL_ROOM = 6_000;
/** The share of free room that such pages may take. */
const RECALL_ROOM_SHARE = 0.7;
/** A question that was cut is shown anew when so much more of it would fit. */
const MIN_QUESTION_GROWTH = 1.25;

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
  readonly #placer: ContextPlacer;
  readonly #ranker: QuestionRanker;

  constructor(state: MemoryState, settings: ComposerSettings, pager: DemandPager) {
    this.#state = state;
    this.#settings = settings;
    this.#pager = pager;
    this.#ranker = new QuestionRanker(state, settings, pager);
    const { countTokens, outline } = state.pages.cutting;
    this.#packer = new RecallPacker({ countTokens, outline, lineTokens: LINE_TOKENS });
    this.#placer = new ContextPlacer(state, settings, this.#packer);
  }

  /** The changes that make the context fit and hold what the question needs; none when it is right already. */
  async compose(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const mustRelieve =
      this.#state.usedTokens > request.maxTokens ||
      this.#state.missedPages > 0 ||
      this.#lacksQuestion(request);
    // While all of it is in view and may stay there, there is nothing to be looked for.
    const isLookedFor = mustRelieve || !this.#isWhole();
    const ranked = this.#ranker.rank(request, { isLookedFor });
    if (ranked.length > 0 && this.#needsRecall(ranked, request)) {
      // A context that is to be filled again would not stay the same beside what is loaded.
      const isAnew = mustRelieve || isShrunk(this.#state, request);
      const loaded = isAnew ? [] : await this.#recallBeside(ranked, request);
      return loaded.length > 0 ? loaded : this.#recall(ranked, request);
    }
    if (mustRelieve) return this.#relieveFor(ranked, request);
    if (isShrunk(this.#state, request)) return this.#refill(request);
    const pinned = await this.#bringPinned(ranked, request);
    if (pinned.some(({ kind }) => kind === 'compacted')) return pinned;
    const brought = [...idsOf(placesOf(pinned))];
    const paged = await this.#pageIn(request, brought);
    await this.#state.pages.ensure([...brought, ...idsOf(placesOf(paged))]);
    return weighedChanges(this.#state, [...pinned, ...paged]);
  }

  /** Whether all pages stand in the context. */
  #isWhole(): boolean {
    const { table } = this.#state;
    return table.set.figures().pagesByTier.L0 === table.size;
  }

  /** Whether what the question is about is mostly elsewhere, or would be once the context fits. */
  #needsRecall(ranked: readonly RankedPage[], request: ComposeRequest): boolean {
    const state = this.#state;
    if (state.usedTokens <= request.maxTokens)
      return this.#isMissed(ranked, request, (id) => state.isInContext(id));
    const tail = new Set(this.#placer.tailIds());
    return this.#isMissed(ranked, request, (id) => tail.has(id));
  }

  /** Whether a context of these pages lacks what the question is about so far that it is worth being put together anew. */
  #isMissed(
    ranked: readonly RankedPage[],
    { question, maxTokens }: ComposeRequest,
    isShown: (pageId: string) => boolean,
  ): boolean {
    const isOverfull = this.#state.usedTokens > maxTokens;
    if (question === null || (this.#state.loads.hasRecalled(question) && !isOverfull)) return false;
    const gauged = Math.max(GAUGED_PAGES, Math.ceil(maxTokens / TOKENS_A_GAUGED_PAGE));
    const best = ranked.slice(0, gauged);
    const all = best.reduce((sum, { relevance }) => sum + relevance, 0);
    const missing = best
      .filter(({ page }) => !isShown(page.id))
      .reduce((sum, { relevance }) => sum + relevance, 0);
    if (this.#ranker.isLookup(question)) return missing > all * this.#settings.missingShareOfLookup;
    // Work that is asked for is mostly about what was said last: it is not worth a new prefix, unless there has to be one.
    return isOverfull && isQuestion(question) && missing > all * this.#settings.missingShare;
  }

  /** Whether a context for a question may be filled; work goes on after that, and needs room. */
  #isFirstLookup(question: string): boolean {
    return this.#ranker.isLookup(question) && !this.#state.loads.hasRecalled(question);
  }

  /** Loads what a question needs into free room, when there is enough of it; none otherwise. */
  async #recallBeside(
    ranked: readonly RankedPage[],
    { question, maxTokens }: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const free = maxTokens - state.usedTokens;
    if (free < MIN_RECALL_ROOM) return [];
    const found = ranked.filter(({ page }) => !state.isInContext(page.id));
    const focus = focusOf(question);
    const room = { maxTokens: free * RECALL_ROOM_SHARE, focus, held: [] };
    const packed = await this.#placer.packFound(found, room);
    if (packed.length === 0) return [];
    const places = this.#placer.ordered(placePages(packed, { form: 'entry', focus }));
    const pages = places.map((place) => weighed(state, place));
    const before = this.#placer.openPage();
    const asked = question === null ? undefined : questionMark(question);
    const reason = 'user_requested_recall';
    return [{ kind: 'faulted', actor: 'system', reason, pages, before, question: asked }];
  }

  /** Puts the context together around a question. */
  async #recall(
    ranked: readonly RankedPage[],
    request: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const placer = this.#placer;
    const { tail, open, ...staying } = placer.stayingIds();
    const elsewhere = new Set([...tail, ...staying.loaded, ...staying.pinned]);
    const held = [...elsewhere, ...open];
    await state.pages.ensure(held);
    const found = ranked.filter(({ page }) => !elsewhere.has(page.id));
    const focus = focusOf(request.question);
    const isFull = this.#isFirstLookup(request.question ?? '');
    const { openShare, recentShare, targetUtilization } = this.#settings;
    // What is asked for once may fill the context; work goes on, and needs room for that.
    const maxTokens = request.compactedTokens * (isFull ? 1 : targetUtilization);
    const opened = { ...request, maxTokens: maxTokens * openShare, focus };
    const openPages = placer.placeOpen(open, opened);
    // A question that takes most of the room leaves some of the rest to what stays.
    const besides = Math.max(
      maxTokens - openPages.tokens,
      (request.compactedTokens - openPages.tokens) / 2,
      0,
    );
    const room = { maxTokens, leftTokens: besides, loadedTokens: besides, focus };
    const stays = placer.placeStaying(staying, room);
    const leftTokens = besides - stays.tokens;
    const recent = packTurns(state, this.#packer, {
      pageIds: tail.toReversed(),
      maxTokens: Math.min(maxTokens * recentShare, leftTokens),
      focus,
    });
    const foundTokens = leftTokens - recent.tokens;
    const packed = await placer.packFound(found, { maxTokens: foundTokens, focus, held });
    const chosen = [...stays.entries, ...placePages(packed, { form: 'entry', focus })];
    const turns = [...stays.turns, ...recent.pages, ...openPages.pages];
    // A large context has room for more than a question is about.
    const spare =
      foundTokens - packedTokens(packed) - maxTokens * (isFull ? 1 - targetUtilization : 0);
    const others = await this.#filling(spare, idsOf([...chosen, ...turns]), request);
    return this.#compaction(
      { entries: [...chosen, ...others], turns },
      { request, ranked, cause: isFull ? 'recall' : 'pressure' },
    );
  }

  /** What else stays in room that is left, and comes back to a context that was put together for less of it. */
  async #filling(
    maxTokens: number,
    besides: ReadonlySet<string>,
    request: ComposeRequest,
  ): Promise<readonly PlacedPage[]> {
    const { pages, tokens } = this.#placer.keepShown(maxTokens, besides);
    if (!isShrunk(this.#state, request)) return pages;
    const back = this.#placer.bringBack(maxTokens - tokens, besides);
    const others = [...pages, ...back];
    await this.#state.pages.ensure([...besides, ...idsOf(others)]);
    return others;
  }

  /** Makes room, unless what the question needs leaves with that. */
  async #relieveFor(
    ranked: readonly RankedPage[],
    request: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const relieved = await this.#relieve(request);
    const shown = idsOf(placesOf(relieved));
    const isMissed = this.#isMissed(ranked, request, (id) => shown.has(id));
    return isMissed ? this.#recall(ranked, request) : relieved;
  }

  /** Makes room without a question: long turns are folded, and the least wanted pages leave. */
  async #relieve(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const placer = this.#placer;
    const { tail, open, ...staying } = placer.stayingIds();
    const latest = [...tail, ...open];
    const shown = new Set([...latest, ...staying.loaded, ...staying.pinned]);
    await state.pages.ensure([...shown]);
    const { compactedTokens: maxTokens } = request;
    const focus = '';
    const { targetUtilization } = this.#settings;
    const kept = placer.placeLatest(latest, [...shown], { ...request, focus });
    const besides = Math.max(0, maxTokens - kept.tokens);
    // What comes next shall join at the end, so what was loaded takes no more than is left for that.
    const loadedTokens = Math.max(0, maxTokens * targetUtilization - kept.tokens);
    const room = { maxTokens, leftTokens: besides, loadedTokens, focus };
    const stays = placer.placeStaying(staying, room);
    const rest = maxTokens * targetUtilization - kept.tokens - stays.tokens;
    const entries = foldUnderPressure(state, { maxTokens: Math.max(0, rest), except: shown });
    return this.#compaction(
      { entries: [...stays.entries, ...entries], turns: [...stays.turns, ...kept.pages] },
      { request, ranked: [], cause: 'pressure' },
    );
  }

  /** Brings back what left a context that was put together for less room, the latest first. */
  async #refill(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const room = request.compactedTokens * this.#settings.targetUtilization - state.usedTokens;
    const back = this.#placer.bringBack(room, new Set());
    await state.pages.ensure(back.map(({ pageId }) => pageId));
    const present = state.context().map(({ pageId, form, shown }): PlacedPage => {
      return { pageId, form, shown: shown?.representation ?? null };
    });
    const turns = present.filter(({ form }) => form === 'turn');
    const entries = [...back, ...present.filter(({ form }) => form === 'entry')];
    return this.#compaction({ entries, turns }, { request, ranked: [], cause: 'pressure' });
  }

  #compaction(
    { entries, turns }: Record<'entries' | 'turns', readonly PlacedPage[]>,
    { request, ranked, cause }: CompactionSource,
  ): readonly MemoryChange[] {
    const placer = this.#placer;
    const inWords = entries.map((place) => weighed(this.#state, place));
    const pages = placer.bounded(placer.ordered(inWords), placer.ordered(turns));
    const roomTokens = Math.floor(roomOf(request));
    const available = placer.available(
      pages,
      ranked.map(({ page }) => page.id),
    );
    const asked = request.question === null ? undefined : questionMark(request.question);
    return [{ kind: 'compacted', cause, pages, available, roomTokens, question: asked }];
  }

  /** Pinned pages that are not in the context yet, whole, or folded where they do not fit. */
  async #bringPinned(
    ranked: readonly RankedPage[],
    request: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const missing = [...state.explicitPins].filter(
      (id) => !state.isInContext(id) && !state.unplacedPins.has(id),
    );
    if (missing.length === 0) return [];
    const tokens = missing.reduce((sum, id) => sum + (state.table.lookup(id)?.tokens ?? 0), 0);
    if (state.usedTokens + tokens > request.maxTokens) {
      const isAsked = ranked.length > 0 && this.#ranker.isLookup(request.question ?? '');
      return isAsked ? this.#recall(ranked, request) : this.#relieve(request);
    }
    const pages = missing.map((pageId): PlacedPage => ({ pageId, form: 'entry', shown: null }));
    const before = this.#placer.openPage();
    return [{ kind: 'faulted', actor: 'system', reason: 'resolve_reference', pages, before }];
  }

  /** Loads what the question is about into room that is free. */
  async #pageIn(
    { question, maxTokens }: ComposeRequest,
    brought: readonly string[],
  ): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    if (question === null || this.#settings.paging === 'model') return [];
    // To look again would go on changing a context in which nothing is new.
    const { loads } = state;
    const isKnown = !loads.hasNews && question === newestQuestion(state);
    if (isKnown || loads.hasLooked(question)) return [];
    const context = state.table.idsOfTier('L0');
    if (context.length === state.table.size) return [];
    const tokensOfPage = (id: string): number => state.table.lookup(id)?.tokens ?? Infinity;
    const taken = brought.reduce((sum, id) => sum + tokensOfPage(id), state.usedTokens);
    const free = maxTokens * this.#settings.targetUtilization - taken;
    // No page would fit. Between two compactions that is how it mostly is, and a search would cost as much as all else.
    if (free < 0) return [];
    const resident = new Set([...context, ...brought, ...state.turns.current.pageIds]);
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
    const ids = state.table.inOrder(chosen.map(({ id }) => id));
    const pages = ids.map((pageId): PlacedPage => ({ pageId, form: 'entry', shown: null }));
    const before = this.#placer.openPage();
    const asked = questionMark(question);
    return [
      { kind: 'faulted', actor: 'system', reason: first.reason, pages, before, question: asked },
    ];
  }

  /** Whether the newest question is not to be seen, or shortened though it need not be. */
  #lacksQuestion(request: ComposeRequest): boolean {
    const state = this.#state;
    const question = newestQuestionId(state);
    if (question === null) return false;
    if (!state.isInContext(question)) return true;
    const { shown, tokens } = state.contextPage(question);
    const isTried = state.isAsPutTogether && state.roomTokens === Math.floor(roomOf(request));
    if (shown === null || isTried) return false;
    const placed = placeQuestion(state, this.#placer.questionTokens(request));
    return placed !== null && placed.tokens > tokens * MIN_QUESTION_GROWTH;
  }
}

interface CompactionSource {
  readonly request: ComposeRequest;
  readonly ranked: readonly RankedPage[];
  readonly cause: CompactionCause;
}
