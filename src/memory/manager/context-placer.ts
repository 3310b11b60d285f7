import type { PlacedPage } from '../../domain/memory-change.ts';
import { MAX_PLACED_PAGES } from '../../domain/memory-change.ts';
import type { PackedPage, RecallPacker } from '../search/recall-packer.ts';
import type { RankedPage } from '../search/recall-ranker.ts';
import { hasShortCalls, turnCut } from './call-page.ts';
import { answeredCalls } from './call-unit.ts';
import type { ComposeRequest, ComposerSettings } from './composer-settings.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestionId, placeQuestion } from './open-question.ts';
import { packTurns } from './packed-turns.ts';
import {
  idsOf,
  packedTokens,
  packInOrder,
  packPages,
  type PlacedPages,
  placePages,
  weighTurns,
} from './placed-pages.ts';

/** What pages that stay may take. */
export interface StayingBudget {
  /** Of the whole context; shares are shares of it. */
  readonly maxTokens: number;
  /** What the newest turn leaves of it. */
  readonly leftTokens: number;
  /** What of that pinned pages and those that were loaded may take together for the latter to find room. */
  readonly loadedTokens: number;
  readonly focus: string;
}

/** Pages that stay, at their places. */
export interface StayingPlaces {
  readonly entries: readonly PlacedPage[];
  readonly turns: readonly PlacedPage[];
  readonly tokens: number;
}

/** Pages that stay whatever is asked. */
export interface StayingPages {
  /** What was loaded in the open turn, the latest first. */
  readonly loaded: readonly string[];
  readonly pinned: readonly string[];
}

/** What pages that were found may take. */
export interface FoundBudget {
  readonly maxTokens: number;
  readonly focus: string;
  /** Pages whose contents are needed beside those that were found. */
  readonly held: readonly string[];
}

/** Of what a long question leaves: what the rest of the open turn takes at least, and what was loaded of what is left then. */
const MIN_OPEN_SHARE = 1 / 3;
const MIN_LOADED_SHARE = 1 / 2;
/** Pinned pages that are looked at for one context; more than that never find room together. */
const MAX_PINNED = 512;
/** What the places of one context may take in the log; a record holds a mebibyte at most. */
const MAX_PLACES_LENGTH = 500_000;
/** Units of a text may take more than a byte. */
const BYTES_A_UNIT = 2;
/** What a place takes besides its texts. */
const PLACE_LENGTH = 160;
/** What the number of a call takes there. */
const TOLD_CALL_LENGTH = 6;

/** Gives the pages of a context their places: what is asked, what was said last, what stays, and what was there before. */
export class ContextPlacer {
  readonly #state: MemoryState;
  readonly #settings: ComposerSettings;
  readonly #packer: RecallPacker;

  constructor(state: MemoryState, settings: ComposerSettings, packer: RecallPacker) {
    this.#state = state;
    this.#settings = settings;
    this.#packer = packer;
  }

  /** The pages of the turns before the open one that always stay. */
  tailIds(): readonly string[] {
    const turns = this.#state.turns.before(this.#settings.keptTurns);
    return turns.flatMap(({ pageIds }) => pageIds);
  }

  /** The page that what is loaded for a question stands before; null for the end. */
  openPage(): string | null {
    const { turns } = this.#state;
    return turns.current.pageIds.find((id) => this.#state.isInContext(id)) ?? null;
  }

  /** Tokens that the newest question may take. */
  questionTokens({ compactedTokens, questionTokens }: ComposeRequest): number {
    return questionTokens ?? compactedTokens * this.#settings.openShare;
  }

  /**
   * The last turns in their share. Where that cuts most of some arguments, or the newest exchange, what was to be shown takes what the pages beside leave
   * of a context with room for what comes next; no older page is shown for that, since the prefix would change again the sooner.
   */
  placeLatest(
    latest: readonly string[],
    besides: readonly string[],
    request: ComposeRequest & { readonly focus: string },
  ): PlacedPages {
    const { compactedTokens } = request;
    const { openShare } = this.#settings;
    const kept = this.placeOpen(latest, { ...request, maxTokens: compactedTokens * openShare });
    const shown = idsOf(kept.pages);
    const newest = this.#newestExchange(latest);
    const isMissed = [...newest].some((id) => !shown.has(id));
    if (!isMissed && !kept.pages.some((place) => this.#isCut(place, newest))) return kept;
    const wanted = latest.filter((id) => shown.has(id) || newest.has(id));
    const maxTokens = this.#latestTokens(compactedTokens, latest, besides);
    return this.placeOpen(wanted, { ...request, maxTokens });
  }

  /** What was said last, with what came of its calls. */
  #newestExchange(latest: readonly string[]): ReadonlySet<string> {
    const { table } = this.#state;
    const start = latest.findLastIndex((id) => {
      const role = table.cardOf(id)?.role;
      return role === 'user' || role === 'assistant';
    });
    return new Set(latest.slice(Math.max(0, start)));
  }

  #isCut({ pageId, shown }: PlacedPage, newest: ReadonlySet<string>): boolean {
    const { contents, pages } = this.#state;
    const content = contents.get(pageId);
    if (shown === null || content === null) return false;
    return newest.has(pageId) || hasShortCalls(content, shown, pages.cutting.countTokens);
  }

  /** What the last turns may take: their share, or what the pages beside them leave of a context with room for what comes next. */
  #latestTokens(maxTokens: number, latest: readonly string[], besides: readonly string[]): number {
    const { openShare, targetUtilization } = this.#settings;
    const isLatest = new Set(latest);
    const others = this.#state.context().filter(({ pageId }) => !isLatest.has(pageId));
    const coming = besides.filter((id) => !isLatest.has(id) && !this.#state.isInContext(id));
    const tokens =
      others.reduce((sum, page) => sum + page.tokens, 0) +
      coming.reduce((sum, id) => sum + (this.#state.table.lookup(id)?.tokens ?? 0), 0);
    return Math.max(maxTokens * openShare, maxTokens * targetUtilization - tokens);
  }

  /** Pages of the last turns as turns: first of all what is asked, then the latest. */
  placeOpen(
    pageIds: readonly string[],
    request: ComposeRequest & { readonly focus: string },
  ): PlacedPages {
    const { maxTokens, compactedTokens, questionTokens = maxTokens, focus } = request;
    // Where less room turned out to be there, other pages give way before the question does.
    const ofQuestion = Math.min(compactedTokens, Math.max(maxTokens, questionTokens));
    const whole = placeQuestion(this.#state, questionTokens);
    const asked = whole?.place.shown === null ? whole : placeQuestion(this.#state, ofQuestion);
    const others = packTurns(this.#state, this.#packer, {
      pageIds: pageIds.toReversed(),
      maxTokens: Math.max(
        maxTokens - (asked?.tokens ?? 0),
        (compactedTokens - (asked?.tokens ?? 0)) * MIN_OPEN_SHARE,
      ),
      focus,
    });
    if (asked === null) return others;
    return { pages: [asked.place, ...others.pages], tokens: asked.tokens + others.tokens };
  }

  /** Pages that were found, packed by what they are worth. Only those that may find room are loaded, however many were found. */
  async packFound(
    found: readonly RankedPage[],
    { maxTokens, focus, held }: FoundBudget,
  ): Promise<readonly PackedPage[]> {
    const { table } = this.#state;
    const weighed = found.map(({ page: { id }, relevance }) => {
      return { id, relevance, tokens: table.fullTokensOf(id) ?? 0 };
    });
    const candidates = this.#packer.likely(weighed, maxTokens);
    await this.#state.pages.ensure([...held, ...candidates.map(({ id }) => id)]);
    return packPages(this.#state, this.#packer, { candidates, maxTokens, focus });
  }

  /** The pages that every context holds as far as there is room for them. */
  stayingIds(): StayingPages & Record<'tail' | 'open', readonly string[]> {
    const { loads, table, turns, explicitPins } = this.#state;
    const question = newestQuestionId(this.#state);
    // The question has a place of its own, and so has what somebody pinned.
    const loaded = loads.pageIds.filter(
      (id) => table.has(id) && id !== question && !explicitPins.has(id),
    );
    const isLoaded = new Set(loaded);
    const isOther = (id: string): boolean =>
      id === question || (!isLoaded.has(id) && !explicitPins.has(id));
    const tail = this.tailIds().filter(isOther);
    const open = turns.current.pageIds.filter(isOther);
    return { tail, open, loaded, pinned: this.#pinnedIds([...tail, ...open, ...loaded]) };
  }

  /** What stays whatever is asked: first what somebody pinned, then what was loaded in the open turn, then claims and summaries. */
  placeStaying({ loaded, pinned }: StayingPages, budget: StayingBudget): StayingPlaces {
    const { explicitPins } = this.#state;
    const { explicitShare, loadedShare, pinnedShare } = this.#settings;
    const { maxTokens, leftTokens, loadedTokens, focus } = budget;
    let left = leftTokens;
    const pack = (pageIds: readonly string[], share: number): readonly PlacedPage[] => {
      const request = { pageIds, maxTokens: Math.min(maxTokens * share, left), focus };
      const packed = packInOrder(this.#state, this.#packer, request);
      left -= packedTokens(packed);
      const places = this.#inTheirTurns(placePages(packed, { form: 'entry', focus }));
      const { pages, tokens } = weighTurns(this.#state, places, left);
      left -= tokens;
      return pages;
    };
    const wanted = pack(
      pinned.filter((id) => explicitPins.has(id)),
      explicitShare,
    );
    const room = Math.max(loadedTokens - (leftTokens - left), left * MIN_LOADED_SHARE);
    const seen = this.#placeLoaded(loaded, Math.min(maxTokens * loadedShare, left, room), focus);
    left -= seen.tokens;
    const others = pack(
      pinned.filter((id) => !explicitPins.has(id)),
      pinnedShare,
    );
    const entries = [...wanted, ...seen.pages, ...others];
    return {
      entries: entries.filter(({ form }) => form === 'entry'),
      turns: entries.filter(({ form }) => form === 'turn'),
      tokens: leftTokens - left,
    };
  }

  /** As it is shown, the latest first; what is too long for that is folded. */
  #placeLoaded(pageIds: readonly string[], maxTokens: number, focus: string): PlacedPages {
    const state = this.#state;
    let room = maxTokens;
    const asShown = pageIds.flatMap((pageId): readonly PlacedPage[] => {
      if (!state.isInContext(pageId)) return [];
      const { shown, tokens } = state.contextPage(pageId);
      if (tokens > room) return [];
      room -= tokens;
      return [{ pageId, form: 'entry', shown: shown?.representation ?? null }];
    });
    const placed = new Set(asShown.map(({ pageId }) => pageId));
    const others = pageIds.filter((id) => !placed.has(id));
    const request = { pageIds: others, maxTokens: room, focus };
    const packed = packInOrder(state, this.#packer, request);
    room -= packedTokens(packed);
    const places = this.#inTheirTurns(placePages(packed, { form: 'entry', focus }));
    const { pages, tokens } = weighTurns(state, places, room);
    return {
      pages: [...this.#inTheirTurns(asShown), ...pages],
      tokens: maxTokens - room + tokens,
    };
  }

  /** Pages of the last turns that stand in them now stay there. */
  #inTheirTurns(pages: readonly PlacedPage[]): readonly PlacedPage[] {
    const { turns } = this.#state;
    const recent = new Set([...this.tailIds(), ...turns.current.pageIds]);
    return pages.map((page) => {
      const isTurn =
        recent.has(page.pageId) && this.#state.contextPage(page.pageId).form === 'turn';
      return isTurn ? this.#asTurn(page) : page;
    });
  }

  /** A page as a turn: one that is cut anew shows its calls beside its words, as it could not be told otherwise. */
  #asTurn(page: PlacedPage): PlacedPage {
    const { contents, pages } = this.#state;
    const content = contents.get(page.pageId);
    const isCutAnew = page.shown !== null && page.shown !== this.#shownNow(page.pageId);
    if (content === null || page.shown === null || !isCutAnew) return { ...page, form: 'turn' };
    const cut = turnCut(content, page.shown, pages.cutting.countTokens);
    const toldCalls = cut.callTokens === undefined ? null : answeredCalls(this.#state, page.pageId);
    return { ...page, form: 'turn', shown: toldCalls === null ? cut : { ...cut, toldCalls } };
  }

  #shownNow(pageId: string): PlacedPage['shown'] {
    return this.#state.contextPage(pageId).shown?.representation ?? null;
  }

  /** Those that count most first. */
  #pinnedIds(except: readonly string[]): readonly string[] {
    const { table, explicitPins } = this.#state;
    const importanceOf = (id: string): number => table.cardOf(id)?.importance ?? 0;
    const inContext = table.idsOfTier('L0').filter((id) => table.lookup(id)?.pin !== 'none');
    const others = new Set(except);
    return [...new Set([...explicitPins, ...inContext, ...table.pinnedIds()])]
      .filter((id) => !others.has(id))
      .toSorted((left, right) => importanceOf(right) - importanceOf(left))
      .slice(0, MAX_PINNED);
  }

  /** Pages of the context as they are shown now, the latest first, as many as fit. */
  keepShown(maxTokens: number, except: ReadonlySet<string>): PlacedPages {
    let room = maxTokens;
    const pages = this.#state
      .context()
      .toReversed()
      .flatMap(({ pageId, shown, tokens }): readonly PlacedPage[] => {
        if (except.has(pageId) || tokens > room) return [];
        room -= tokens;
        return [{ pageId, form: 'entry', shown: shown?.representation ?? null }];
      });
    return { pages, tokens: maxTokens - room };
  }

  /** Whole pages from outside the context, the latest first, until no more fit. */
  bringBack(maxTokens: number, except: ReadonlySet<string>): readonly PlacedPage[] {
    const { table } = this.#state;
    let room = maxTokens;
    const places: PlacedPage[] = [];
    for (const pageId of [...table.ids()].toReversed()) {
      if (this.#state.isInContext(pageId) || except.has(pageId)) continue;
      if (!this.#state.pages.isOriginal(pageId)) continue;
      const tokens = table.lookup(pageId)?.tokens ?? Infinity;
      if (tokens > room) break;
      room -= tokens;
      places.push({ pageId, form: 'entry', shown: null });
    }
    return places;
  }

  /** What the manifest names: first what has to do with the question, then what was said last. All of it follows from the log. */
  available(pages: readonly PlacedPage[], found: readonly string[]): readonly string[] {
    const { maxAvailable } = this.#settings;
    const shown = idsOf(pages);
    const { table, index } = this.#state;
    const wanted = found.filter((id) => !shown.has(id));
    const ids = new Set([...wanted, ...index.latest(maxAvailable, shown)]);
    // A claim says what stands in its message, which is named itself.
    const isNamed = (id: string): boolean => table.cardOf(id)?.pageType !== 'claim';
    return [...ids].filter(isNamed).slice(0, maxAvailable);
  }

  /** Places in the order of the conversation. */
  ordered(pages: readonly PlacedPage[]): readonly PlacedPage[] {
    const byId = new Map(pages.map((page) => [page.pageId, page]));
    return this.#state.table.inOrder(byId.keys()).flatMap((id) => byId.get(id) ?? []);
  }

  /** As many entries as one record may hold beside the turns; the oldest give way. */
  bounded(entries: readonly PlacedPage[], turns: readonly PlacedPage[]): readonly PlacedPage[] {
    let room = MAX_PLACES_LENGTH - turns.reduce((sum, place) => sum + lengthOf(place), 0);
    const fitting = entries.toReversed().filter((place) => {
      room -= lengthOf(place);
      return room >= 0;
    });
    const places = fitting.slice(0, Math.max(0, MAX_PLACED_PAGES - turns.length));
    return [...places.toReversed(), ...turns];
  }
}

function lengthOf({ pageId, shown }: PlacedPage): number {
  const texts = (shown?.text?.length ?? 0) + (shown?.focus?.length ?? 0);
  const told = (shown?.toldCalls?.length ?? 0) * TOLD_CALL_LENGTH;
  return PLACE_LENGTH + pageId.length + texts * BYTES_A_UNIT + told;
}
