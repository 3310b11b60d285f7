import type { PageRepresentation } from '../../domain/page-mutation.ts';
import type { PackedPage } from '../search/recall-packer.ts';
import { capFor } from '../shorten-messages.ts';
import { toTurns, type Turn } from '../transcript.ts';
import { type CallPage, callPageOf } from './call-page.ts';
import type { MemoryState } from './memory-state.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** A page of a call that stays. */
export interface CallPart {
  /** What was said, or what came of the call. */
  readonly words: string;
  /** The least of them that says something. */
  readonly briefTokens: number;
  /** What is shown of the page whose words were packed; null for all of it. */
  shown(page: PackedPage, focus: string): PageRepresentation | null;
}

/** Which calls stay with their results, and how much their arguments take. */
export interface CallPlan {
  readonly parts: ReadonlyMap<string, CallPart>;
  /** Pages of calls for which there is no room with their results. */
  readonly left: ReadonlySet<string>;
  /** Of names, marks and arguments. */
  readonly tokens: number;
}

/** Words and arguments are shown with so many tokens at least, or with the second where the newest would find no room otherwise. */
const BRIEF_TOKENS = [24, 8] as const;
/** What a call takes besides its arguments, for its name, its id and the marks around it. */
const CALL_TOKENS = 8;
/** The share of what is left that arguments may take while words need it as well. */
const ARGUMENTS_SHARE = 1 / 2;

interface Part {
  readonly pageId: string;
  readonly page: CallPage;
  readonly wordTokens: number;
  /** Of each call that is told with the page. */
  readonly argumentTokens: readonly number[];
}

/** An answer that asks for tools with what came of its calls; or the page of another message. */
interface Unit {
  readonly parts: readonly Part[];
  /** Of a page without calls. */
  readonly tokens: number;
}

/**
 * Plans the calls among the pages of turns, the newest of which come first: each stays with its result, in short at least, as far back as
 * there is room for that. What is left is for the rest of the arguments and of the words.
 */
export function planCalls(
  state: MemoryState,
  pageIds: readonly string[],
  maxTokens: number,
): CallPlan {
  const units = unitsOf(state, pageIds);
  let room = maxTokens;
  const staying: (Unit & { readonly brief: number })[] = [];
  const left = new Set<string>();
  for (const unit of units) {
    const isNewest = staying.every(({ parts }) => parts.length === 0);
    const brief = BRIEF_TOKENS.slice(0, isNewest ? 2 : 1).find(
      (tokens) => briefTokens(unit, tokens) <= room,
    );
    if (brief !== undefined && left.size === 0) {
      staying.push({ ...unit, brief });
      room -= briefTokens(unit, brief);
    } else for (const { pageId } of unit.parts) left.add(pageId);
  }
  return planOf(staying, { room, left });
}

function planOf(
  staying: readonly (Unit & { readonly brief: number })[],
  { room, left }: { readonly room: number; readonly left: ReadonlySet<string> },
): CallPlan {
  const lengths = staying.flatMap(({ parts }) => parts.flatMap((part) => part.argumentTokens));
  const held = staying.reduce((sum, unit) => sum + shortArguments(unit, unit.brief), 0);
  const longer = staying.reduce((sum, unit) => sum + longerWords(unit, unit.brief), 0);
  const cap = Math.floor(capFor(lengths, held + Math.max(room * ARGUMENTS_SHARE, room - longer)));
  const parts = new Map<string, CallPart>();
  let tokens = 0;
  for (const unit of staying) {
    for (const part of unit.parts) {
      const least = Math.max(cap, unit.brief);
      const callTokens = part.argumentTokens.reduce((sum, each) => sum + Math.min(each, least), 0);
      tokens += callTokens + part.argumentTokens.length * CALL_TOKENS;
      parts.set(part.pageId, toPart(part, { callTokens, brief: unit.brief }));
    }
  }
  return { parts, left, tokens };
}

function toPart(
  { page, wordTokens, argumentTokens: ofCalls }: Part,
  { callTokens, brief }: { readonly callTokens: number; readonly brief: number },
): CallPart {
  const isAskedWhole = callTokens === ofCalls.reduce((sum, tokens) => sum + tokens, 0);
  return {
    words: page.words,
    briefTokens: Math.min(wordTokens, brief),
    shown: ({ isWhole, maxTokens }, focus) => {
      const isAllSaid = isWhole || wordTokens <= maxTokens;
      if (isAllSaid && isAskedWhole) return null;
      const most = isAllSaid ? wordTokens : maxTokens;
      return { level: 1, text: null, maxTokens: most, focus, callTokens };
    },
  };
}

/** What a unit takes at least. */
function briefTokens(unit: Unit, brief: number): number {
  const words = unit.parts.reduce(
    (sum, { wordTokens }) => sum + LINE_TOKENS + Math.min(wordTokens, brief),
    0,
  );
  const calls = unit.parts.reduce((sum, part) => sum + part.argumentTokens.length, 0);
  return (
    words +
    shortArguments(unit, brief) +
    calls * CALL_TOKENS +
    Math.min(unit.tokens, brief + LINE_TOKENS)
  );
}

function shortArguments({ parts }: Unit, brief: number): number {
  return parts
    .flatMap((part) => part.argumentTokens)
    .reduce((sum, tokens) => sum + Math.min(tokens, brief), 0);
}

/** What the words of a unit would take more than the least. */
function longerWords({ parts, tokens }: Unit, brief: number): number {
  const words = parts.reduce((sum, { wordTokens }) => sum + Math.max(0, wordTokens - brief), 0);
  return words + Math.max(0, tokens - brief - LINE_TOKENS);
}

/** The pages as the turns that they are told in, the newest first. */
function unitsOf(state: MemoryState, pageIds: readonly string[]): readonly Unit[] {
  const pageOf = new Map<string, string>();
  const events = pageIds.toReversed().flatMap((pageId) => {
    const event = state.contents.get(pageId)?.event ?? null;
    if (event !== null) pageOf.set(event.id, pageId);
    return event ?? [];
  });
  const units = toTurns(events).map((turn) => unitOf(state, turn, pageOf));
  return units.toReversed();
}

function unitOf(state: MemoryState, turn: Turn, pageOf: ReadonlyMap<string, string>): Unit {
  const said = pageOf.get(turn.eventId ?? '');
  if (turn.kind !== 'assistant' || turn.calls.length === 0) {
    return { parts: [], tokens: state.table.lookup(said ?? '')?.levelTokens[0] ?? 0 };
  }
  const results = turn.calls.flatMap((call) => {
    const pageId = pageOf.get(call.eventId ?? '');
    return pageId === undefined ? [] : (partOf(state, pageId, !call.isDeclared) ?? []);
  });
  const asking = said === undefined ? null : partOf(state, said, true);
  return { parts: asking === null ? results : [asking, ...results], tokens: 0 };
}

function partOf(state: MemoryState, pageId: string, isAsked: boolean): Part | null {
  const content = state.contents.get(pageId);
  const page = content === null ? null : callPageOf(content);
  if (page === null) return null;
  const { countTokens } = state.pages.cutting;
  return {
    pageId,
    page,
    wordTokens: countTokens(page.words),
    argumentTokens: isAsked ? page.calls.map((call) => countTokens(call.arguments)) : [],
  };
}
