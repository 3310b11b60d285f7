import { findAsked, type OpenTurn, takesCall, type WaitingCall } from './open-turn.ts';
import { MESSAGE_OVERHEAD_TOKENS, MISSING_RESULT_TOKENS } from './segment.ts';
import type { SessionEvent } from './session-event.ts';
import { textHash } from './text-hash.ts';
import {
  argumentsMeaning,
  declaredCalls,
  hasOutcome,
  type ToolRequest,
  toolRequestOf,
} from './tool-call.ts';

/** What is read of a record to see how much longer it makes a prompt. */
export interface ShownRecord {
  readonly event: SessionEvent;
  /** See `EventRecorded`. */
  readonly callTokens?: number;
}

/** What a recorded event does to the end of a prompt. */
export interface Growth {
  /** Tokens that say of calls that they have no result, now that none can come: part of the turn before. */
  readonly closingTokens: number;
  /** Tokens of what the event itself shows. */
  readonly tokens: number;
  /** How many messages stand after the place that grows; 0 for the end. */
  readonly place: number;
  readonly turn: OpenTurn | null;
}

/** More calls than these wait for no result: a state is kept for every session. */
const MAX_WAITING_CALLS = 64;
/** Longer ids are kept as a hash. */
const MAX_CALL_ID_LENGTH = 64;

/** What the message in the place of a missing result takes. */
const STAND_IN_TOKENS = MESSAGE_OVERHEAD_TOKENS + MISSING_RESULT_TOKENS;

// Shared, so that a conversation of plain texts makes none.
const ANSWER: OpenTurn = { hasCalls: false, waiting: [], delayed: 0 };

/** Tokens that a prompt built now spends on calls without a result. */
export function standInTokens(turn: OpenTurn | null): number {
  return turn === null ? 0 : turn.waiting.length * STAND_IN_TOKENS;
}

/** Whether a tool call serves an answer that waits for its result, which then has counted what it was asked. */
export function isAskedFor(turn: OpenTurn | null, message: SessionEvent['message']): boolean {
  if (turn === null || turn.waiting.length === 0) return false;
  return findAsked(turn.waiting, toWaiting(toolRequestOf(message))) !== undefined;
}

/**
 * How a prompt that ends in a turn grows by an event, by the rules of the transcript. Records from before calls were counted
 * on their own grow it by their content and leave nothing waiting.
 */
export function growthOf(turn: OpenTurn | null, record: ShownRecord): Growth {
  const { event } = record;
  if (event.type === 'tool_call') return withToolUse(turn, record);
  if (event.type !== 'message') return { closingTokens: 0, tokens: 0, place: 0, turn };
  const tokens = MESSAGE_OVERHEAD_TOKENS + event.contentTokens;
  if (event.source === 'system' && turn !== null && turn.waiting.length > 0) {
    // Nothing may stand between a call and its result, so the turn stays open.
    const delayed = { ...turn, delayed: turn.delayed + 1 };
    return { closingTokens: 0, tokens, place: 0, turn: delayed };
  }
  const closingTokens = standInTokens(turn);
  if (event.source !== 'llm') return { closingTokens, tokens, place: 0, turn: null };
  if (record.callTokens === undefined) return { closingTokens, tokens, place: 0, turn: ANSWER };
  const calls = declaredCalls(event.message);
  const waiting = calls.slice(0, MAX_WAITING_CALLS).map(toWaiting);
  const lost = (calls.length - waiting.length) * STAND_IN_TOKENS;
  const asking = { hasCalls: true, waiting, delayed: 0 };
  return { closingTokens, tokens: tokens + lost, place: 0, turn: asking };
}

function withToolUse(turn: OpenTurn | null, record: ShownRecord): Growth {
  const hasResult = record.callTokens === undefined || hasOutcome(record.event.message);
  const tokens = hasResult ? MESSAGE_OVERHEAD_TOKENS + record.event.contentTokens : 0;
  // Most calls come with their result and find nobody waiting: what they ask need not be read.
  const isLookedAt = !hasResult || (turn !== null && turn.waiting.length > 0);
  const use = isLookedAt ? toWaiting(toolRequestOf(record.event.message)) : null;
  const asked = use === null || turn === null ? undefined : findAsked(turn.waiting, use);
  if (turn === null || asked === undefined) {
    const call = { tokens, callTokens: record.callTokens, waiting: hasResult ? null : use };
    return withUnaskedCall(turn, call);
  }
  if (!hasResult) return { closingTokens: 0, tokens, place: turn.delayed, turn };
  const waiting = turn.waiting.filter((call) => call !== asked);
  return { closingTokens: 0, tokens, place: turn.delayed, turn: { ...turn, waiting } };
}

function withUnaskedCall(
  turn: OpenTurn | null,
  call: {
    /** Of the result. */
    readonly tokens: number;
    readonly callTokens: number | undefined;
    readonly waiting: WaitingCall | null;
  },
): Growth {
  const joined = turn !== null && takesCall(turn) ? turn : null;
  const before = joined ?? ANSWER;
  // One that joins nothing makes a message of its own.
  const marks = joined === null ? MESSAGE_OVERHEAD_TOKENS : 0;
  const asking = call.callTokens === undefined ? 0 : marks + call.callTokens;
  const isLost = call.waiting !== null && before.waiting.length >= MAX_WAITING_CALLS;
  const waiting =
    call.waiting === null || isLost ? before.waiting : [...before.waiting, call.waiting];
  return {
    closingTokens: 0,
    tokens: asking + call.tokens + (isLost ? STAND_IN_TOKENS : 0),
    place: before.delayed,
    turn: { hasCalls: true, waiting, delayed: before.delayed },
  };
}

function toWaiting({ callId, name, arguments: text }: ToolRequest): WaitingCall {
  const isLong = callId !== null && callId.length > MAX_CALL_ID_LENGTH;
  return {
    callId: isLong ? textHash(callId) : callId,
    name,
    arguments: textHash(argumentsMeaning(text)),
  };
}
