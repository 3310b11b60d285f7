import { MAX_PLACED_PAGES } from '../../domain/memory-change.ts';
import { MISSING_RESULT_TOKENS } from '../../domain/segment.ts';
import { toTurns, type Turn } from '../transcript.ts';
import { type CallPage, callPageOf } from './call-page.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestionId } from './open-question.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** A page of a call, or of an answer that asks for some. */
export interface UnitPart {
  readonly pageId: string;
  readonly page: CallPage;
  readonly wordTokens: number;
  /** Of each call that is told with the page. */
  readonly argumentTokens: readonly number[];
  /** Of each call of the page that is not told, as what came of it is not. */
  readonly lostTokens: readonly number[];
  /** Which calls of the page are told; absent for all. */
  readonly toldCalls?: readonly number[] | undefined;
}

/** A page among others. */
interface RecordedPage {
  readonly pageId: string;
  readonly order: number;
}

/** What came of a call. */
interface ResultPart extends UnitPart {
  /** Grows with when it was recorded. */
  readonly order: number;
  /** Which of the calls of the answer it is; null for one that the answer did not ask for. */
  readonly asked: number | null;
}

/** An answer that asks for tools with what came of its calls; or the page of another message. */
export interface CallUnit {
  /** Null for calls that no answer asked for, and for other messages. */
  readonly asking: UnitPart | null;
  readonly results: readonly ResultPart[];
  /** Calls that are told though nothing came of them yet, each with what stands for its result. */
  readonly waiting: number;
  /** Of a page without calls. */
  readonly tokens: number;
}

/** What stands for a result that is still to come. */
const STAND_IN_TOKENS = LINE_TOKENS + MISSING_RESULT_TOKENS;
/** What a call takes besides its arguments, for its name, its id and the marks around it. */
export const CALL_TOKENS = 8;

/** The pages as the turns that they are told in, both with the newest first; the newest question, which has its room, is no unit. */
export function unitsOf(state: MemoryState, pageIds: readonly string[]): readonly CallUnit[] {
  const pageOf = new Map<string, RecordedPage>();
  const events = pageIds.toReversed().flatMap((pageId, order) => {
    const event = state.contents.get(pageId)?.event ?? null;
    if (event !== null) pageOf.set(event.id, { pageId, order });
    return event ?? [];
  });
  // A result that was recorded after the question is too late for its call, and tells it itself.
  const asked = state.contents.get(newestQuestionId(state) ?? '')?.event?.id;
  const turns = toTurns(events).filter(({ eventId }) => eventId === null || eventId !== asked);
  const open = new Set(state.turns.current.pageIds);
  return turns.toReversed().map((turn) => {
    const unit = unitOf(state, turn, pageOf);
    // Once something else is asked, no result comes any more.
    return open.has(unit.asking?.pageId ?? '') ? unit : withoutWaiting(unit);
  });
}

function unitOf(
  state: MemoryState,
  turn: Turn,
  pageOf: ReadonlyMap<string, RecordedPage>,
): CallUnit {
  const said = pageOf.get(turn.eventId ?? '')?.pageId;
  if (turn.kind !== 'assistant' || turn.calls.length === 0) {
    const tokens = state.table.lookup(said ?? '')?.levelTokens[0] ?? 0;
    return { asking: null, results: [], waiting: 0, tokens };
  }
  const results = turn.calls.flatMap(({ eventId, isDeclared }, at): ResultPart | readonly [] => {
    const { pageId, order = 0 } = pageOf.get(eventId ?? '') ?? {};
    const part = partOf(state, pageId, !isDeclared);
    return part === null ? [] : { ...part, asked: isDeclared ? at : null, order };
  });
  const asking = partOf(state, said, true);
  const came = results.filter((result) => result.asked !== null).length;
  const waiting = asking === null ? 0 : asking.argumentTokens.length - came;
  return { asking, results, waiting, tokens: 0 };
}

function partOf(state: MemoryState, pageId: string | undefined, isAsked: boolean): UnitPart | null {
  const content = state.contents.get(pageId ?? '');
  const page = content === null ? null : callPageOf(content);
  if (pageId === undefined || page === null) return null;
  const { countTokens } = state.pages.cutting;
  return {
    pageId,
    page,
    wordTokens: countTokens(page.words),
    argumentTokens: isAsked ? page.calls.map((call) => countTokens(call.arguments)) : [],
    lostTokens: [],
  };
}

/**
 * Which calls of an answer of the open turn have results, where others still wait; null where none of it waits, and for any other page.
 */
export function answeredCalls(state: MemoryState, pageId: string): readonly number[] | null {
  const { pageIds } = state.turns.current;
  if (!pageIds.includes(pageId)) return null;
  const units = unitsOf(state, pageIds.toReversed());
  const unit = units.find(({ asking }) => asking?.pageId === pageId);
  if (unit === undefined || unit.waiting === 0) return null;
  return withoutWaiting(unit).asking?.toldCalls ?? null;
}

/** All pages of a unit with calls. */
export function partsOf({ asking, results }: CallUnit): readonly UnitPart[] {
  return asking === null ? results : [asking, ...results];
}

/** The unit without the calls that wait for their results. */
export function withoutWaiting(unit: CallUnit): CallUnit {
  return unit.waiting === 0 ? unit : latestOf(unit, unit.results.length);
}

/** The unit with its latest results alone, in the order of their calls, and with the calls that they belong to. */
export function latestOf(unit: CallUnit, count: number): CallUnit {
  const byTime = unit.results.toSorted((left, right) => right.order - left.order);
  const latest = new Set(byTime.slice(0, Math.min(count, MAX_PLACED_PAGES)));
  const results = unit.results.filter((result) => latest.has(result));
  if (unit.asking === null) return { ...unit, results };
  const told = new Set(results.map(({ asked }) => asked));
  const asking = tellingOnly(unit.asking, (at) => told.has(at));
  return { ...unit, asking, results, waiting: 0 };
}

function tellingOnly(part: UnitPart, isTold: (call: number) => boolean): UnitPart {
  const { argumentTokens, toldCalls = [...argumentTokens.keys()] } = part;
  const places = [...argumentTokens.keys()].filter((place) => isTold(toldCalls[place] ?? place));
  const staying = new Set(places);
  return {
    ...part,
    argumentTokens: places.flatMap((place) => argumentTokens[place] ?? []),
    lostTokens: [...part.lostTokens, ...argumentTokens.filter((_, place) => !staying.has(place))],
    toldCalls: places.flatMap((place) => toldCalls[place] ?? []),
  };
}

/** What a unit takes where words and arguments have so many tokens each at most. */
export function briefTokens(unit: CallUnit, brief: number): number {
  const parts = partsOf(unit);
  const words = parts.reduce(
    (sum, { wordTokens }) => sum + LINE_TOKENS + Math.min(wordTokens, brief),
    0,
  );
  const calls = parts.reduce((sum, part) => sum + part.argumentTokens.length, 0);
  const other = Math.min(unit.tokens, brief + LINE_TOKENS);
  return words + shortArguments(unit, brief) + calls * CALL_TOKENS + standInTokens(unit) + other;
}

/** What stands for the results of a unit that are still to come. */
export function standInTokens({ waiting }: CallUnit): number {
  return waiting * STAND_IN_TOKENS;
}

/** What the arguments of a unit take in so many tokens each. */
export function shortArguments(unit: CallUnit, brief: number): number {
  return partsOf(unit)
    .flatMap((part) => part.argumentTokens)
    .reduce((sum, tokens) => sum + Math.min(tokens, brief), 0);
}

/** What the words of a unit would take more than the least. */
export function longerWords(unit: CallUnit, brief: number): number {
  const words = partsOf(unit).reduce(
    (sum, { wordTokens }) => sum + Math.max(0, wordTokens - brief),
    0,
  );
  return words + Math.max(0, unit.tokens - brief - LINE_TOKENS);
}
