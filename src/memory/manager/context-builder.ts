import { TokenLimitExceeded } from '../../domain/errors.ts';
import type { MemoryChange } from '../../domain/memory-change.ts';
import { declaredCalls } from '../../domain/tool-call.ts';
import type { FaultPolicy, FaultQuota, VmMode } from '../../domain/paging-policy.ts';
import type { AvailablePage, ContextPlan } from '../context/context-plan.ts';
import {
  manifestAllowance,
  renderContext,
  type RenderedContext,
} from '../context/render-context.ts';
import type { PromptCounting } from '../message-tokens.ts';
import type { ContextComposer } from './context-composer.ts';
import { contextAfter } from './context-preview.ts';
import type { ContextMemo } from './context-memo.ts';
import type { FilledPage } from './context-stretches.ts';
import type { MemoryState, StandingPage } from './memory-state.ts';
import { newestQuestionId } from './open-question.ts';
import { levelsOf } from './page-fault.ts';
import { placesOf } from './placed-pages.ts';

/** What a context is rendered for. */
export interface RenderRequest {
  readonly sessionId: string;
  /** The position in the log up to which the memory was brought. */
  readonly position: number;
  readonly model: string;
  readonly mode: VmMode;
  readonly systemPrompt: string | null;
  /** Of everything: instructions, manifest, tools, messages. */
  readonly maxTokens: number;
  readonly policy: FaultPolicy;
  /** What is left of the policy in this turn. Default: all of it. */
  readonly quota?: FaultQuota | undefined;
  readonly counter: PromptCounting['counter'];
  /** Of the latest contexts of this memory; what is rendered with it shall not be changed. */
  readonly memo: ContextMemo;
}

/** What a context is built for. */
export interface BuildRequest extends RenderRequest {
  /** What the user asks; the open question of the conversation when not given, null for none. */
  readonly question?: string | null | undefined;
  readonly nowMs: number;
}

/** A context, and what has to be recorded so that the next one follows from it. */
export interface BuiltContext {
  readonly rendered: RenderedContext;
  readonly plan: ContextPlan;
  readonly changes: readonly MemoryChange[];
}

/** How much more pages may be thought to take than they take: of very short ones the marks around them are thought to be most. */
const MAX_OVERESTIMATE = 4;
/** Times a context is made smaller until it fits with all that is around the pages. */
const MAX_ROUNDS = 8;
/** Taken off beyond the excess, since lines weigh a little more together than alone. */
const SPARE_TOKENS = 12;
/** A context for a question may leave this share of its limit unused. */
const MAX_SLACK = 0.01;
/** Less than this holds no question. */
const MIN_ROOM = 16;
/** The share of the room that the newest question may take whole; all else gives way to it. */
const QUESTION_SHARE = 0.9;
/** Rules and tools that take more than this share of what the caller's own instructions leave are not worth their place. */
const MAX_RULES_SHARE = 2 / 3;

/**
 * Builds a context of at most `maxTokens`, everything included. What the composer decides is tried out before anything changes:
 * the caller records the changes and then makes them. Where the limit is so small that rules and tools would leave little room for
 * pages, the context is passive.
 * @throws TOKEN_LIMIT_EXCEEDED when the instructions and the open question alone do not fit.
 */
export async function buildContext(
  state: MemoryState,
  composer: Pick<ContextComposer, 'compose'>,
  asked: BuildRequest,
): Promise<BuiltContext> {
  const { maxTokens, nowMs } = asked;
  await state.pages.ensure([...state.table.idsOfTier('L0'), ...endsOfTurn(state)]);
  const request = withoutBulkyRules(state, asked);
  const question = questionOf(state, request);
  let rooms = asItFits(state, request, roomsWithin(maxTokens, frameTokens(state, request)));
  const questionTokens = rooms.roomTokens * QUESTION_SHARE;
  let excess = 0;
  let best: BuiltContext | null = null;
  let worn: BuiltContext | null = null;
  for (let round = 0; round < MAX_ROUNDS && rooms.compactedTokens >= MIN_ROOM; round += 1) {
    // In order: how much too long or too short one attempt is tells the next.
    const { tries: _, ...room } = rooms;
    const changes = await composer.compose({ ...room, questionTokens, question, nowMs });
    const pages = contextAfter(state, changes);
    if (!showsQuestion(state, pages)) break;
    const built = { ...render(state, { changes, pages }, request), changes };
    excess = built.rendered.excessTokens;
    const how = howItFits(state, built);
    if (best !== null && how !== 'well') return best;
    if (how === 'well') {
      best = fuller(best, built);
      if (best !== built || !isToBeFilled(built, maxTokens)) return best;
      rooms = fill(rooms, built, maxTokens);
    } else {
      if (how === 'worn') worn = built;
      rooms = shrink(rooms, built, state);
    }
  }
  return accept(best ?? worn, { limit: maxTokens, excess });
}

/** What pages may take: as they are, and once the context is put together anew. */
interface Rooms {
  readonly maxTokens: number;
  readonly compactedTokens: number;
  /** The latter before anything was tried. */
  readonly roomTokens: number;
  /** Contexts that were put together and too long. */
  readonly tries: number;
}

function roomsWithin(limit: number, { tokens, missingTokens }: Frame): Rooms {
  const maxTokens = limit - tokens;
  const roomTokens = maxTokens < MIN_ROOM ? 0 : Math.max(MIN_ROOM, maxTokens - missingTokens);
  return { maxTokens, compactedTokens: roomTokens, roomTokens, tries: 0 };
}

/**
 * The room for pages, which is at least what they take when they fit as they are. What pages are thought to take is a little more
 * than what they take together, and a context that was filled to its limit shall not be put together anew for that.
 */
function asItFits(state: MemoryState, request: BuildRequest, rooms: Rooms): Rooms {
  const { usedTokens, missedPages } = state;
  const isNear = usedTokens <= rooms.maxTokens * MAX_OVERESTIMATE;
  if (missedPages > 0 || usedTokens <= rooms.maxTokens || !isNear) return rooms;
  const { rendered } = render(state, { changes: [], pages: state.standing() }, request);
  const how = howItFits(state, { changes: [], rendered });
  return how === 'well' ? { ...rooms, maxTokens: usedTokens } : rooms;
}

/** What is tried after an attempt that left room. */
function fill(rooms: Rooms, { rendered }: BuiltContext, limit: number): Rooms {
  const more = limit - rendered.tokens - SPARE_TOKENS / 2;
  return { ...rooms, compactedTokens: rooms.compactedTokens + more };
}

function accept(
  built: BuiltContext | null,
  { limit, excess }: { readonly limit: number; readonly excess: number },
): BuiltContext {
  if (built !== null) return built;
  throw new TokenLimitExceeded({ limit, actual: limit + Math.max(1, excess) });
}

function questionOf(state: MemoryState, { question }: BuildRequest): string | null {
  return question === undefined ? openQuestion(state) : question;
}

/** What is tried after an attempt that was too long: first to put the context together anew, then to do so with less. */
function shrink(rooms: Rooms, { changes, rendered }: BuiltContext, state: MemoryState): Rooms {
  const excess = rendered.excessTokens + SPARE_TOKENS;
  const { maxTokens, compactedTokens, tries } = rooms;
  if (!changes.some(({ kind }) => kind === 'compacted')) {
    const least = Math.min(maxTokens, state.usedTokens);
    return { ...rooms, maxTokens: least - excess };
  }
  // Texts are cut by sentences, so asking for a little less often gives the same; the least is tried before giving up.
  const next = compactedTokens - excess * 2 ** tries;
  const isLeast = compactedTokens <= MIN_ROOM;
  return { ...rooms, compactedTokens: isLeast ? 0 : Math.max(MIN_ROOM, next), tries: tries + 1 };
}

/**
 * How an attempt fits. One that is `worn` fits with less of a manifest than it was put together with, which would be another one with
 * every message, so it is taken for want of a better one only.
 */
function howItFits(
  state: MemoryState,
  { changes, rendered }: Pick<BuiltContext, 'changes' | 'rendered'>,
): 'well' | 'worn' | 'not' {
  if (rendered.excessTokens > 0) return 'not';
  const isTheSame = changes.some(({ kind }) => kind === 'compacted') || state.isAsPutTogether;
  return rendered.isManifestCut && !isTheSame ? 'worn' : 'well';
}

/** Only what is put together for a question shall be as full as it can. */
function isToBeFilled({ changes, rendered }: BuiltContext, maxTokens: number): boolean {
  const slack = maxTokens - rendered.tokens;
  return slack > Math.max(SPARE_TOKENS, maxTokens * MAX_SLACK) && changes.some(isRecall);
}

function fuller(best: BuiltContext | null, built: BuiltContext): BuiltContext {
  return best !== null && best.rendered.tokens >= built.rendered.tokens ? best : built;
}

function isRecall(change: MemoryChange): boolean {
  return change.kind === 'compacted' && change.cause === 'recall';
}

/** A context without what was asked is none, however well it fits. */
function showsQuestion(state: MemoryState, pages: readonly StandingPage[]): boolean {
  const question = newestQuestionId(state);
  return question === null || pages.some(({ pageId }) => pageId === question);
}

/** What the user asked and nobody has answered yet; null when there is nothing. */
function openQuestion(state: MemoryState): string | null {
  const [first, last] = endsOfTurn(state);
  if (first === undefined || state.table.cardOf(first)?.role !== 'user') return null;
  if (last !== undefined && isAnswer(state, last)) return null;
  return state.contents.get(first)?.text ?? null;
}

/** The pages with which the open turn begins and, where there are more, ends. */
function endsOfTurn({ turns }: MemoryState): readonly string[] {
  const { pageIds } = turns.current;
  return pageIds.length > 1 ? [...pageIds.slice(0, 1), ...pageIds.slice(-1)] : pageIds;
}

/** Whether a page ends a turn: what asks for tools is answered by them, and goes on then. */
function isAnswer({ contents, table }: MemoryState, pageId: string): boolean {
  if (table.cardOf(pageId)?.role !== 'assistant') return false;
  const event = contents.get(pageId)?.event ?? null;
  return event === null || declaredCalls(event.message).length === 0;
}

/** The request without rules and tools, where they would leave pages too little room. */
function withoutBulkyRules(state: MemoryState, request: BuildRequest): BuildRequest {
  if (request.mode === 'passive') return request;
  const passive: BuildRequest = { ...request, mode: 'passive' };
  const bareTokens = (asked: BuildRequest): number => {
    const options = { request: asked, available: [], isWhole: false };
    return renderPages(state, [], options).rendered.tokens;
  };
  const own = bareTokens(passive);
  const isBulky = bareTokens(request) - own > (request.maxTokens - own) * MAX_RULES_SHARE;
  return isBulky ? passive : request;
}

interface Frame {
  /** What a context costs before any page is in it, as it is now. */
  readonly tokens: number;
  /** What it costs more once pages are left out: rules, tools and the manifest. */
  readonly missingTokens: number;
}

function frameTokens(state: MemoryState, request: BuildRequest): Frame {
  const { available } = state;
  const { tokens } = renderPages(state, [], { request, available }).rendered;
  if (request.mode === 'passive') return { tokens, missingTokens: 0 };
  const bare = renderPages(state, [], { request, available: [], isWhole: false }).rendered.tokens;
  return {
    tokens,
    missingTokens: Math.max(0, bare + manifestAllowance(request.maxTokens) - tokens),
  };
}

/** A context that was built before: the state that it was built from, and the changes that were decided for it. */
export async function renderAgain(
  state: MemoryState,
  changes: readonly MemoryChange[],
  request: RenderRequest,
): Promise<RenderedContext> {
  const placed = placesOf(changes);
  const pageIds = [...state.table.idsOfTier('L0'), ...placed.map(({ pageId }) => pageId)];
  await state.pages.ensure(pageIds);
  return render(state, { changes, pages: contextAfter(state, changes) }, request).rendered;
}

/** Renders the pages that are left after some changes. */
function render(
  state: MemoryState,
  after: { readonly changes: readonly MemoryChange[]; readonly pages: readonly StandingPage[] },
  request: RenderRequest,
): Omit<BuiltContext, 'changes'> {
  const compaction = after.changes.findLast((change) => change.kind === 'compacted');
  const available = compaction?.available ?? state.available;
  return renderPages(state, after.pages, { request, available });
}

function renderPages(
  state: MemoryState,
  pages: readonly StandingPage[],
  options: {
    readonly request: RenderRequest;
    readonly available: readonly string[];
    readonly isWhole?: boolean;
  },
): Omit<BuiltContext, 'changes'> {
  const { request, available } = options;
  const { counter, memo, maxTokens, mode, systemPrompt, sessionId, position, model } = request;
  const { policy } = request;
  const filled = memo.stretches.fill(pages, {
    contentOf: (id) => state.contents.get(id),
    isPinned: (id) => (state.table.lookup(id)?.pin ?? 'none') !== 'none',
  });
  const isWhole = options.isWhole ?? (available.length === 0 && isAllOf(state, filled));
  const pending = pendingPages(state, pages);
  const plan: ContextPlan = {
    sessionId,
    position,
    // With all of it in view there is nothing to load, and nothing to say about it.
    mode: isWhole ? 'passive' : mode,
    model,
    systemPrompt,
    policy,
    quota: request.quota ?? wholeQuota(policy),
    available: available.flatMap((id) => toAvailable(state, id) ?? []),
    totalPages: state.table.size,
    stretches: memo.stretches.stretches(filled, (id) => pending.has(id)),
  };
  const known = { memo: memo.rendered, areStretchesLasting: true };
  return { plan, rendered: renderContext(plan, { counter, maxTokens, ...known }) };
}

/** Whether pages are all that there is to know, and shown whole. */
function isAllOf(state: MemoryState, pages: readonly FilledPage[]): boolean {
  const { originals } = state.pages;
  if (pages.length < originals || pages.some(({ place }) => place.shown !== null)) return false;
  return pages.filter(({ place }) => state.pages.isOriginal(place.pageId)).length >= originals;
}

/** Pages of the open turn after which nothing was left out, so that results they lack are still to come. */
function pendingPages(state: MemoryState, pages: readonly StandingPage[]): ReadonlySet<string> {
  const { pageIds } = state.turns.current;
  const open = new Set(pageIds);
  const turns = pages.filter(({ form, pageId }) => form === 'turn' && open.has(pageId));
  const shown = new Set(turns.map(({ pageId }) => pageId));
  const missing = pageIds.findLastIndex((id) => !shown.has(id));
  return new Set(pageIds.slice(missing + 1));
}

function wholeQuota(policy: FaultPolicy): FaultQuota {
  return {
    faultsRemaining: policy.maxFaultsPerTurn,
    tokensRemaining: policy.maxFaultTokensPerTurn,
    failuresRemaining: policy.maxFailedFaultsPerTurn,
  };
}

function toAvailable(state: MemoryState, pageId: string): AvailablePage | null {
  const entry = state.table.lookup(pageId);
  if (entry === null) return null;
  const { card, levelTokens } = entry;
  // The place of a page changes with every use; that it is elsewhere is all that a model needs to know.
  const [tokens] = levelTokens;
  return { page: card, tier: 'L2', levels: levelsOf(tokens), tokens };
}
