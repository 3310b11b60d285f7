import type { CompactionCause, MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { DemandPager } from '../paging/demand-pager.ts';
import { RecallPacker } from '../search/recall-packer.ts';
import { rankForRecall } from '../search/recall-ranker.ts';
import type { RankedPage } from '../search/recall-ranker.ts';
import type { ComposeRequest, ComposerSettings } from './composer-settings.ts';
import { foldUnderPressure } from './context-pressure.ts';
import { ContextPlacer } from './context-placer.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestion, newestQuestionId, placeQuestion } from './open-question.ts';
import { packedTokens, packTurns, placePages } from './placed-pages.ts';
import { LINE_TOKENS } from './shown-page.ts';
import { questionMark } from './turn-loads.ts';

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
/** Characters of a question that folding is focused on; every page that is cut says them in the log. */
const MAX_FOCUS_LENGTH = 320;
/** Room that is worth loading what a question needs into, instead of putting the context together anew. */
const MIN_RECALL_ROOM = 6_000;
/** The share of free room that such pages may take. */
const RECALL_ROOM_SHARE = 0.7;
/** A context that was put together for less than half of its room, and fills less than this share of it, is filled again. */
const REFILL_BELOW = 0.35;
const MIN_ROOM_GROWTH = 2;

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
  readonly #placer: ContextPlacer;
  /** Of the latest question: one context may take some attempts. */
  #ranked: Ranked | null = null;

  constructor(state: MemoryState, settings: ComposerSettings, pager: DemandPager) {
    this.#state = state;
    this.#settings = settings;
    this.#pager = pager;
    const { countTokens, outline } = state;
    this.#packer = new RecallPacker({ countTokens, outline, lineTokens: LINE_TOKENS });
    this.#placer = new ContextPlacer(state, settings, this.#packer);
  }

  /** The changes that make the context fit and hold what the question needs; none when it is right already. */
  async compose(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const ranked = this.#rank(request);
    const mustRelieve =
      this.#state.usedTokens > request.maxTokens ||
      this.#state.missedPages > 0 ||
      this.#lacksQuestion(request);
    if (ranked.length > 0 && this.#needsRecall(ranked, request)) {
      const loaded = mustRelieve ? [] : await this.#recallBeside(ranked, request);
      return loaded.length > 0 ? loaded : this.#recall(ranked, request);
    }
    if (mustRelieve) return this.#relieveFor(ranked, request);
    if (this.#isShrunk(request)) return this.#refill(request);
    const pinned = await this.#bringPinned(request);
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
    if (this.#isLookup(question)) return missing > all * this.#settings.missingShareOfLookup;
    // Work that is asked for is mostly about what was said last: it is not worth a new prefix, unless there has to be one.
    return isOverfull && isQuestion(question) && missing > all * this.#settings.missingShare;
  }

  /** Whether a context for a question may be filled; work goes on after that, and needs room. */
  #isFirstLookup(question: string): boolean {
    return this.#isLookup(question) && !this.#state.loads.hasRecalled(question);
  }

  #isLookup(question: string): boolean {
    return this.#pager.isRecall(question) || isLookup(question);
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
    const pages = this.#placer.ordered(placePages(packed, { form: 'entry', focus }));
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
    const { loaded, pinned } = staying;
    const elsewhere = new Set([...tail, ...loaded, ...pinned]);
    const held = [...elsewhere, ...open];
    await state.ensure(held);
    const found = ranked.filter(({ page }) => !elsewhere.has(page.id));
    const focus = focusOf(request.question);
    const isFull = this.#isFirstLookup(request.question ?? '');
    const { openShare, recentShare, targetUtilization } = this.#settings;
    // What is asked for once may fill the context; work goes on, and needs room for that.
    const maxTokens = request.compactedTokens * (isFull ? 1 : targetUtilization);
    const opened = { ...request, maxTokens: maxTokens * openShare, focus };
    const openPages = placer.placeOpen(open, opened);
    const besides = Math.max(0, maxTokens - openPages.tokens);
    const stays = placer.placeStaying(staying, { maxTokens, leftTokens: besides, focus });
    const leftTokens = besides - stays.tokens;
    const recent = packTurns(state, this.#packer, {
      pageIds: tail.toReversed(),
      maxTokens: Math.min(maxTokens * recentShare, leftTokens),
      focus,
    });
    const room = leftTokens - recent.tokens;
    const packed = await placer.packFound(found, { maxTokens: room, focus, held });
    const chosen = [...stays.pages, ...placePages(packed, { form: 'entry', focus })];
    const turns = [...recent.pages, ...openPages.pages];
    // A large context has room for more than a question is about.
    const spare = room - packedTokens(packed) - maxTokens * (isFull ? 1 - targetUtilization : 0);
    const others = placer.keepShown(spare, idsOf([...chosen, ...turns]));
    return this.#compaction(
      { entries: [...chosen, ...others], turns },
      { request, ranked, cause: isFull ? 'recall' : 'pressure' },
    );
  }

  /** Makes room, unless what the question needs leaves with that. */
  async #relieveFor(
    ranked: readonly RankedPage[],
    request: ComposeRequest,
  ): Promise<readonly MemoryChange[]> {
    const relieved = await this.#relieve(request);
    const shown = idsOf(relieved.flatMap((change) => ('pages' in change ? change.pages : [])));
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
    await state.ensure([...shown]);
    const { compactedTokens: maxTokens } = request;
    const focus = '';
    const { openShare, targetUtilization } = this.#settings;
    const kept = placer.placeOpen(latest, { ...request, maxTokens: maxTokens * openShare, focus });
    const besides = Math.max(0, maxTokens - kept.tokens);
    const stays = placer.placeStaying(staying, { maxTokens, leftTokens: besides, focus });
    const rest = maxTokens * targetUtilization - kept.tokens - stays.tokens;
    const entries = foldUnderPressure(state, { maxTokens: Math.max(0, rest), except: shown });
    return this.#compaction(
      { entries: [...stays.pages, ...entries], turns: kept.pages },
      { request, ranked: [], cause: 'pressure' },
    );
  }

  /** Whether the context was put together for much less than there is now, and could hold much more. */
  #isShrunk({ maxTokens, compactedTokens }: ComposeRequest): boolean {
    const { roomTokens, usedTokens, table } = this.#state;
    if (roomTokens === null || roomTokens * MIN_ROOM_GROWTH > compactedTokens) return false;
    return usedTokens < maxTokens * REFILL_BELOW && table.idsOfTier('L0').length < table.size;
  }

  /** Brings back what left a context that was put together for less room, the latest first. */
  async #refill(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const room = request.compactedTokens * this.#settings.targetUtilization - state.usedTokens;
    const back = this.#placer.bringBack(room);
    await state.ensure(back.map(({ pageId }) => pageId));
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
    const pages = placer.bounded(placer.ordered(entries), placer.ordered(turns));
    const roomTokens = Math.floor(request.compactedTokens);
    const available = this.#available(pages, ranked);
    const asked = cause === 'recall' ? questionMark(request.question ?? '') : undefined;
    return [{ kind: 'compacted', cause, pages, available, roomTokens, question: asked }];
  }

  /** Pinned pages that are not in the context yet, whole, or folded where they do not fit. */
  async #bringPinned(request: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    const missing = [...state.explicitPins].filter(
      (id) => !state.isInContext(id) && !state.unplacedPins.has(id),
    );
    if (missing.length === 0) return [];
    const tokens = missing.reduce((sum, id) => sum + (state.table.lookup(id)?.tokens ?? 0), 0);
    if (state.usedTokens + tokens > request.maxTokens) return this.#relieve(request);
    await state.ensure(missing);
    const pages = missing.map((pageId): PlacedPage => ({ pageId, form: 'entry', shown: null }));
    const before = this.#placer.openPage();
    return [{ kind: 'faulted', actor: 'system', reason: 'resolve_reference', pages, before }];
  }

  /** Loads what the question is about into room that is free. */
  async #pageIn({ question, maxTokens }: ComposeRequest): Promise<readonly MemoryChange[]> {
    const state = this.#state;
    if (question === null || this.#settings.paging === 'model') return [];
    // What was said was looked at before: to do so again would go on changing a context in which nothing is new.
    if (!state.hasNews && question === newestQuestion(state)) return [];
    const context = state.table.idsOfTier('L0');
    if (context.length === state.table.size) return [];
    const free = maxTokens * this.#settings.targetUtilization - state.usedTokens;
    // No page would fit. Between two compactions that is how it mostly is, and a search would cost as much as all else.
    if (free < 0) return [];
    const tokensOfPage = (id: string): number => state.table.lookup(id)?.tokens ?? Infinity;
    const resident = new Set([...context, ...state.turns.current.pageIds]);
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
    if (state.contextPage(question).shown === null) return false;
    return placeQuestion(state, this.#placer.questionTokens(request))?.place.shown === null;
  }

  /** What the manifest names: first what has to do with the question, then what was said last. All of it follows from the log. */
  #available(pages: readonly PlacedPage[], ranked: readonly RankedPage[]): readonly string[] {
    const { maxAvailable } = this.#settings;
    const shown = idsOf(pages);
    const { table, index } = this.#state;
    const wanted = ranked.map(({ page }) => page.id).filter((id) => !shown.has(id));
    const ids = new Set([...wanted, ...index.latest(maxAvailable, shown)]);
    // A claim says what stands in its message, which is named itself.
    const isNamed = (id: string): boolean => table.cardOf(id)?.pageType !== 'claim';
    return [...ids].filter(isNamed).slice(0, maxAvailable);
  }
}

interface CompactionSource {
  readonly request: ComposeRequest;
  readonly ranked: readonly RankedPage[];
  readonly cause: CompactionCause;
}

function focusOf(question: string | null): string {
  return (question ?? '').slice(0, MAX_FOCUS_LENGTH);
}

function idsOf(pages: readonly PlacedPage[]): ReadonlySet<string> {
  return new Set(pages.map(({ pageId }) => pageId));
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
