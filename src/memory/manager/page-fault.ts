import {
  MAX_PAGE_ID_LENGTH,
  type MemoryChange,
  type PlacedPage,
} from '../../domain/memory-change.ts';
import { PAGE_LEVELS, type PageLevel, type StorageTier } from '../../domain/page.ts';
import type { FaultPolicy, FaultReason } from '../../domain/paging-policy.ts';
import type { VmToolErrorCode } from '../context/vm-tool-error.ts';
import type { FaultOutcome } from '../context/vm-tool-result.ts';
import { DEFAULT_LEVEL_LIMITS } from '../folding/level-limits.ts';
import { REFUSAL_CODES, refuseFault } from '../meters/fault-refusal.ts';
import type { PageEntry } from '../table/page-entry.ts';
import type { MemoryState } from './memory-state.ts';
import { focusOf } from './lookup-question.ts';
import { newestQuestion } from './open-question.ts';
import { weighed } from './placed-pages.ts';
import { LINE_TOKENS, type ShownPage, showPage } from './shown-page.ts';

/** A page that a model or a caller asks for. */
export interface FaultRequest {
  readonly pageId: string;
  readonly level: PageLevel;
  readonly reason: FaultReason;
  readonly actor: 'model' | 'user';
  readonly policy: FaultPolicy;
  /** Tokens of a context of this memory; pages that are too many for it wait to be chosen from, and are not all shown. */
  readonly maxContextTokens: number;
}

/** What comes of a fault, and what has to be recorded for it; no change when there is nothing to load and nothing to count. */
export interface PlannedFault {
  readonly outcome: FaultOutcome;
  readonly change: MemoryChange | null;
}

interface Refusal {
  readonly code: VmToolErrorCode;
  readonly message: string;
}

/**
 * Decides a fault by the one policy that the model was told of. What is asked at a level that does not fit what is left of the
 * turn's tokens is given at the next one that does. What is in the context already costs nothing; what fails is counted too.
 */
export async function planFault(state: MemoryState, request: FaultRequest): Promise<PlannedFault> {
  const refusal = refuse(state, request);
  if (refusal !== null) return refusal;
  const { pageId, level } = request;
  const entry = state.table.lookup(pageId);
  if (entry === null)
    return fail(request, { code: 'PAGE_NOT_FOUND', message: `Page not found: ${pageId}` });
  const isShown = entry.tier === 'L0' && isSureToStay(state, request);
  if (isShown && entry.level === 0) return alreadyMapped(state, entry, request);
  const planned = await loadFault(state, request, entry.tier);
  // A cut may be of any length, whatever its level is called.
  const isMore = planned.outcome.kind !== 'loaded' || planned.outcome.tokens > entry.tokens;
  return isShown && entry.level <= level && !isMore
    ? alreadyMapped(state, entry, request)
    : planned;
}

/** Whether the model sees a page of the context, as far as estimates tell: where there is too much for one, only some pages are shown. */
function isSureToStay(
  { loads, missedPages, roomTokens, turns, usedTokens }: MemoryState,
  { pageId, maxContextTokens }: FaultRequest,
): boolean {
  const isAllShown = missedPages === 0 && usedTokens <= Math.max(roomTokens ?? 0, maxContextTokens);
  return isAllShown || loads.pageIds.includes(pageId) || turns.current.pageIds.includes(pageId);
}

/** Told to be there, a page has to stay as one that was loaded does. */
function alreadyMapped(
  { loads }: MemoryState,
  { card: { pageId, modality }, level }: PageEntry,
  { actor }: FaultRequest,
): PlannedFault {
  const outcome: FaultOutcome = { kind: 'already_mapped', pageId, modality, level };
  const isNew = actor === 'model' && !loads.pageIds.includes(pageId);
  return { outcome, change: isNew ? { kind: 'kept', pageId } : null };
}

async function loadFault(
  state: MemoryState,
  request: FaultRequest,
  sourceTier: StorageTier,
): Promise<PlannedFault> {
  const { pageId, level, policy, actor, reason } = request;
  await state.pages.ensure([pageId]);
  const content = state.contents.get(pageId);
  if (content === null) {
    const message = `Failed to load page from ${sourceTier}`;
    return fail(request, { code: 'LOAD_FAILED', message });
  }
  const tokensLeft = policy.maxFaultTokensPerTurn - state.loads.faults.tokens;
  // What a service loads is not held to what a model may.
  const maxTokens = actor === 'model' ? tokensLeft : Infinity;
  const found = atLevel(state, { text: content.text, level, maxTokens });
  if (found === null) {
    const message = `The page does not fit the ${Math.max(0, tokensLeft)} tokens left in this turn`;
    return fail(request, { code: 'TOKEN_BUDGET_EXCEEDED', message });
  }
  const { shown, tokens } = found;
  const whole: PlacedPage = { pageId, form: 'entry', shown: shown?.representation ?? null };
  const place = weighed(state, whole);
  const outcome: FaultOutcome = {
    kind: 'loaded',
    page: content.page,
    level: shown?.representation.level ?? 0,
    text: shown?.text ?? content.text,
    tier: 'L0',
    sourceTier,
    isPromoted: true,
    tokens,
    evictions: [],
    latencyMs: null,
  };
  return { outcome, change: { kind: 'faulted', actor, reason, pages: [place], before: null } };
}

/** What the policy says before anything is looked at; who has reached a limit is not counted any further. */
function refuse(state: MemoryState, request: FaultRequest): PlannedFault | null {
  const { policy, reason, actor } = request;
  if (actor !== 'model') return null;
  const { count: faults, failures } = state.loads.faults;
  const refusal = refuseFault(policy, { faults, failures, tokens: 0 }, { reason, tokens: 0 });
  if (refusal === null) return null;
  const { why, message } = refusal;
  const told = { code: REFUSAL_CODES[why], message };
  return why === 'reason' ? fail(request, told) : failure(request, told);
}

/** The page at the level, or at the next deeper one that fits; null when none does. */
function atLevel(
  state: MemoryState,
  asked: { readonly text: string; readonly level: PageLevel; readonly maxTokens: number },
): { readonly shown: ShownPage | null; readonly tokens: number } | null {
  const { text, maxTokens } = asked;
  const whole = state.pages.wholeTokens(text);
  if (asked.level === 0 && whole <= maxTokens) return { shown: null, tokens: whole };
  // A fault is cut towards what is asked at the moment.
  const focus = focusOf(newestQuestion(state));
  for (const level of [1, 2, 3] as const) {
    if (level < asked.level) continue;
    const limit = levelLimit(level, whole - LINE_TOKENS);
    // Short pages lose nothing, whatever level is asked for.
    if (whole - LINE_TOKENS <= limit && whole <= maxTokens) return { shown: null, tokens: whole };
    const cut = { level, text: null, maxTokens: Math.min(limit, maxTokens - LINE_TOKENS), focus };
    const shown = cut.maxTokens <= 0 ? null : showPage(text, cut, state.pages.cutting);
    if (shown !== null && shown.text !== '' && shown.tokens <= maxTokens) {
      return { shown, tokens: shown.tokens };
    }
  }
  return null;
}

/** The tokens that a page of so many may take at a level. */
export function levelLimit(level: 1 | 2 | 3, tokens: number): number {
  const { reducedRatio, abstractMaxTokens, referenceMaxTokens } = DEFAULT_LEVEL_LIMITS;
  if (level === 1) return Math.max(abstractMaxTokens, Math.floor(tokens * reducedRatio));
  return level === 2 ? abstractMaxTokens : referenceMaxTokens;
}

/**
 * The levels at which a page of so many tokens, its line included, can be had in another form than at the level before; all of them
 * where its tokens are not known.
 */
export function levelsOf(tokens: number | null): readonly PageLevel[] {
  if (tokens === null) return PAGE_LEVELS;
  const whole = tokens - LINE_TOKENS;
  return PAGE_LEVELS.filter((level) => {
    if (level === 0) return true;
    const before = level === 1 ? whole : Math.min(whole, levelLimit(level === 2 ? 1 : 2, whole));
    return levelLimit(level, whole) < before;
  });
}

/** A call that gives nothing; that of a model is counted, in the log, so that no process gives it further tries. */
function fail(request: FaultRequest, refusal: Refusal): PlannedFault {
  const { outcome } = failure(request, refusal);
  if (request.actor !== 'model') return { outcome, change: null };
  const pageId = request.pageId.slice(0, MAX_PAGE_ID_LENGTH);
  return { outcome, change: { kind: 'fault-failed', pageId, code: refusal.code } };
}

function failure({ pageId }: FaultRequest, { code, message }: Refusal): PlannedFault {
  return mapped({ kind: 'failed', code, message, pageId });
}

function mapped(outcome: FaultOutcome): PlannedFault {
  return { outcome, change: null };
}
