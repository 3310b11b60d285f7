import type { Calibrations } from './calibration.ts';
import type { JsonObject } from './json.ts';
import type { ForkOrigin } from './log-event.ts';
import type { OpenTurn } from './open-turn.ts';
import type { SessionRun } from './run.ts';
import type { ClosedSegment, OpenSegment } from './segment.ts';
import type { SegmentSpan } from './segment-span.ts';
import { summariesWithin } from './told-summaries.ts';
import type { SessionTotals } from './totals.ts';

/** A child session; a fork reads this session's log, a plain child does not. */
export interface ChildLink {
  readonly id: string;
  readonly isFork: boolean;
}

/** A caller's key and the position of what was recorded under it. */
export interface RememberedKey {
  readonly key: string;
  /** Of the event, so that the same key for another event is noticed. */
  readonly fingerprint: string;
  readonly eventId: string;
  readonly position: number;
  readonly atMs: number;
}

/** The event that later ones refer to as their parent. */
export interface LatestMessage {
  readonly eventId: string;
  readonly source: 'user' | 'llm';
}

/**
 * What a session's log folds to: bounded in size however long the log is, and free of message content (summaries,
 * prompts and properties apart), so that a million of them fit in memory.
 */
export interface SessionState {
  readonly sessionId: string;
  /** Tells this session from others that had its id before or will have it later. */
  readonly lifeId: string;
  readonly tenant: string;
  /** Records folded, the shared part of a fork included. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly lastEventAtMs: number | null;
  readonly systemPrompt: string | null;
  readonly systemPromptTokens: number;
  readonly properties: JsonObject;
  readonly values: JsonObject;
  readonly parentId: string | null;
  readonly children: readonly ChildLink[];
  readonly fork: ForkOrigin | null;
  /** Active runs and the latest ended ones. */
  readonly runs: readonly SessionRun[];
  readonly totals: SessionTotals;
  readonly open: OpenSegment;
  /** Summaries of summaries, which stand for the older closed segments, oldest first. */
  readonly spans: readonly SegmentSpan[];
  /** The latest closed segments, oldest first. */
  readonly closed: readonly ClosedSegment[];
  readonly latestMessage: LatestMessage | null;
  readonly rememberedKeys: readonly RememberedKey[];
  /** How the providers' counts compare with ours, for models whose text is estimated. */
  readonly calibrations: Calibrations;
  /** Tokens that all messages and tool calls take in a prompt, of all segments, those shared with an origin included. */
  readonly conversationTokens: number;
  /** The latest corrections of figures of events, oldest first; an event may be there more than once. */
  readonly corrections: readonly Correction[];
  /** How often the memory was changed, see `MemoryChanged`. */
  readonly memoryRevision: number;
  /** The end of a prompt that shows all segments; null when nothing can join it. */
  readonly openTurn: OpenTurn | null;
  /** Whether a record of its own, and not one that it shares, names content in an artifact store. */
  readonly namesContent: boolean;
}

/** That the figures of an event were corrected. */
export interface Correction {
  readonly eventPosition: number;
  /** Where the record is that corrects them. */
  readonly position: number;
}

/** Corrections a state keeps: so many may be made at once, each on the figures that it found. */
export const MAX_CORRECTIONS = 128;
/** Ended runs a state keeps; older ones are in the log. */
export const MAX_ENDED_RUNS = 64;
/** Runs that may be active at once. */
export const MAX_ACTIVE_RUNS = 256;
/** Tool calls one run lists; each change of a run records all of it, and more are found by their `taskId`. */
export const MAX_RUN_TOOL_CALLS = 1000;
/** Children one session may have. */
export const MAX_CHILDREN = 10_000;
/** Why a session takes no further child. */
export const TOO_MANY_CHILDREN: string = `a session has at most ${MAX_CHILDREN} children`;
/** Idempotency keys remembered per session; a key is forgotten after a day or when so many newer ones came. */
export const MAX_REMEMBERED_KEYS = 256;
/** How long an idempotency key is remembered, in milliseconds. */
export const KEY_RETENTION_MS = 86_400_000;

/** Tokens that stand before the conversation in every prompt: the system prompt and the summaries within `maxTokens`. */
export function standingTokens(state: SessionState, summaryTokens: number): number {
  return state.systemPromptTokens + summariesWithin(state, summaryTokens).tokens;
}

/** The run of the session that is running, the latest when there are several. */
export function activeRun(runs: readonly SessionRun[]): SessionRun | null {
  return runs.findLast((run) => run.status === 'running') ?? null;
}

/** When something last happened in the conversation, in milliseconds; creation when nothing did, or before a fork only. */
export function lastUpdateMs(state: Pick<SessionState, 'lastEventAtMs' | 'createdAtMs'>): number {
  return Math.max(state.lastEventAtMs ?? state.createdAtMs, state.createdAtMs);
}
