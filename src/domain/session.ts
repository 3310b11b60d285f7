import { assertObject, assertObjects } from './argument.ts';
import type { JsonObject } from './json.ts';
import type { ForkOrigin } from './log-event.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { SessionRun } from './run.ts';
import type { SegmentSummary } from './segment.ts';
import { EMPTY_TOKEN_SUMMARY, type TokenSummary } from './token-summary.ts';
import {
  NO_RUN,
  runOf,
  summarizeGroups,
  type UsageByRun,
  type UsageBySource,
} from './usage-breakdown.ts';

/** A numbered range of a session's log. */
export interface SessionSegment {
  /** `<session id>/<number>`. */
  readonly id: string;
  /** Counts from 1. */
  readonly number: number;
  readonly fromPosition: number;
  /** Position of the record that closed it; null while it is open. */
  readonly toPosition: number | null;
  /** How many messages it holds. */
  readonly messages: number;
  /** The best summary there is; null while the segment is open. */
  readonly summary: SegmentSummary | null;
}

/** What is known about a session beside its conversation. */
export interface SessionMetadata {
  /** Milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  /** When anything about the session changed last, in milliseconds since the Unix epoch. */
  readonly updatedAtMs: number;
  readonly properties: JsonObject;
}

/** A whole session at one moment, as plain data. */
export interface Session {
  readonly id: string;
  readonly tenant: string;
  /** Length of the log it was read from, the shared part of a fork included. */
  readonly version: number;
  readonly metadata: SessionMetadata;
  readonly parentId: string | null;
  readonly childIds: readonly string[];
  /** The ids of all runs. */
  readonly taskIds: readonly string[];
  /** In the order in which they appeared. */
  readonly runs: readonly SessionRun[];
  /** In the order of the log; the summary of a closed segment is one of them. */
  readonly events: readonly RecordedEvent[];
  /** The values that callers keep in the session. */
  readonly state: JsonObject;
  /** Tokens of the content, and what the model calls were billed. */
  readonly tokenSummary: TokenSummary;
  readonly systemPrompt: string | null;
  /** All of them, oldest first; the last one is open. */
  readonly segments: readonly SessionSegment[];
  readonly fork: ForkOrigin | null;
}

/** What the events of a session are. */
export type { RecordedEvent } from './recorded-event.ts';

/** An event with the events that name it as their parent. */
export interface EventNode {
  readonly event: RecordedEvent;
  readonly children: readonly EventNode[];
}

/** When something last happened in the conversation, in milliseconds; creation when nothing did, or before a fork only. */
export function lastUpdateMs(session: Pick<Session, 'events' | 'metadata'>): number {
  assertSession(session);
  assertObject(session.metadata, 'session.metadata', { createdAtMs: 'a number' });
  let latestMs = session.metadata.createdAtMs;
  for (const { timestampMs } of session.events) latestMs = Math.max(latestMs, timestampMs);
  return latestMs;
}

/** The run that is running, the latest when there are several. */
export function activeRun(session: Pick<Session, 'runs'>): SessionRun | null {
  assertObject(session, 'session');
  assertObjects(session.runs, 'session.runs');
  return session.runs.findLast((run) => run.status === 'running') ?? null;
}

/** Tokens of all recorded content. */
export function totalTokens(session: Pick<Session, 'tokenSummary'>): number {
  assertSummary(session);
  return session.tokenSummary.totalTokens;
}

/** What the model calls were billed: an exact decimal string of US dollars; calls of unknown price are not in it. */
export function totalCostUsd(session: Pick<Session, 'tokenSummary'>): string {
  assertSummary(session);
  return session.tokenSummary.totalEstimatedCostUsd;
}

/** Usage by who the events came from; a source without usage is left out. */
export function tokenUsageBySource(session: Pick<Session, 'events' | 'fork'>): UsageBySource {
  assertSession(session);
  const { events, fork } = session;
  return Object.fromEntries(summarizeGroups(events, { fork, keyOf: (event) => event.source }));
}

/** Usage by run; events of no run are under `no_run`, which is always there. */
export function tokenUsageByRun(session: Pick<Session, 'events' | 'fork'>): UsageByRun {
  assertSession(session);
  const { events, fork } = session;
  const groups = summarizeGroups(events, { fork, keyOf: runOf });
  return { [NO_RUN]: EMPTY_TOKEN_SUMMARY, ...Object.fromEntries(groups) };
}

/** The events that name the given one as their parent. */
export function childEvents(
  session: Pick<Session, 'events'>,
  eventId: string,
): readonly RecordedEvent[] {
  assertSession(session);
  return session.events.filter((event) => event.parentEventId === eventId);
}

/**
 * All events as trees. A parent comes before its children in the log, so an event that names itself, a later one or an
 * unknown one as its parent is a root, and no ring of parents can hide events.
 */
export function eventTree(session: Pick<Session, 'events'>): readonly EventNode[] {
  assertSession(session);
  const roots: EventNode[] = [];
  const childrenById = new Map<string, EventNode[]>();
  for (const event of session.events) {
    const children: EventNode[] = [];
    const parent = event.parentEventId === null ? undefined : childrenById.get(event.parentEventId);
    (parent ?? roots).push({ event, children });
    childrenById.set(event.id, children);
  }
  return roots;
}

function assertSession(session: Pick<Session, 'events'>): void {
  assertObject(session, 'session');
  assertObjects(session.events, 'session.events');
}

function assertSummary(session: Pick<Session, 'tokenSummary'>): void {
  assertObject(session, 'session', { tokenSummary: 'an object' });
}
