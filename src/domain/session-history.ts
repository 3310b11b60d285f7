import { SessionNotFound, StorageError } from './errors.ts';
import { evolve } from './evolve.ts';
import { segmentId, type SessionKey } from './ids.ts';
import type { LogEvent } from './log-event.ts';
import { EventList, type HistoryEntry } from './recorded-event.ts';
import type { SessionRun } from './run.ts';
import type { RecordedEvent, Session, SessionSegment } from './session.ts';
import type { SessionState } from './session-state.ts';
import { summarizeEvents } from './usage-breakdown.ts';

/** What a history becomes. */
export type { Session };

/** A session while its log is being read. */
export interface SessionHistory {
  readonly key: SessionKey;
  readonly parts: HistoryParts;
}

/** What has been read so far; grows in place, since a copy per page would make a long log quadratic. */
interface HistoryParts {
  readonly events: EventList;
  readonly closed: Pick<SessionSegment, 'number' | 'fromPosition' | 'toPosition'>[];
  readonly runs: Map<string, SessionRun>;
  /** The state without its running sums, which nothing here needs. */
  head: SessionState | null;
  position: number;
  updatedAtMs: number;
}

/** The beginning of reading a session. */
export function createHistory(key: SessionKey): SessionHistory {
  const parts: HistoryParts = {
    events: new EventList({ sessionId: key.sessionId, segment: 1 }),
    closed: [],
    runs: new Map(),
    head: null,
    position: 0,
    updatedAtMs: 0,
  };
  return { key, parts };
}

/**
 * Takes the next entries of the log into the history, in order from the first one on; a fork's log begins with the part
 * it shares with its origin. Changes the history in place and returns it.
 * @throws CORRUPT_RECORD when an entry is missing.
 */
export function addEntries(
  history: SessionHistory,
  entries: Iterable<HistoryEntry>,
): SessionHistory {
  for (const entry of entries) addEntry(history.parts, entry);
  return history;
}

/**
 * The session as it is after the entries so far; later entries do not change it.
 * @throws SESSION_NOT_FOUND when they do not begin this session of this tenant.
 */
export function toSession({ key, parts }: SessionHistory): Session {
  const { head } = parts;
  if (head === null || head.sessionId !== key.sessionId || head.tenant !== key.tenant) {
    throw new SessionNotFound({ sessionId: key.sessionId });
  }
  const events = parts.events.toArray();
  const runs = [...parts.runs.values()];
  return {
    id: head.sessionId,
    tenant: head.tenant,
    version: parts.position,
    metadata: {
      createdAtMs: head.createdAtMs,
      updatedAtMs: parts.updatedAtMs,
      properties: head.properties,
    },
    parentId: head.parentId,
    childIds: head.children.map((child) => child.id),
    taskIds: runs.map((run) => run.id),
    runs,
    events,
    state: head.values,
    tokenSummary: summarizeEvents(events, head.fork),
    systemPrompt: head.systemPrompt,
    segments: segmentsOf(parts, head, events),
    fork: head.fork,
  };
}

function addEntry(parts: HistoryParts, entry: HistoryEntry): void {
  const { position, event } = entry;
  if (
    position !== parts.position + 1 ||
    (parts.head === null && event.type !== 'session-created')
  ) {
    throw new StorageError({
      code: 'CORRUPT_RECORD',
      operation: 'read',
      message: `Expected record ${parts.position + 1} of a session, got record ${position}, a ${event.type}`,
    });
  }
  parts.events.add(entry);
  if (event.type === 'run-changed') parts.runs.set(event.run.id, event.run);
  // The runs of the origin are not those of its fork.
  if (event.type === 'session-created') parts.runs.clear();
  if (event.type === 'segment-closed') closeSegment(parts, position);
  parts.head = advance(parts, event);
  parts.position = position;
  parts.updatedAtMs = event.atMs;
}

/**
 * The head after an event. Most events only move running sums and lists that are kept whole here; folding those as well
 * would cost three times as much as all the rest (4.2 µs of 5.7 µs an event; Node 20.20, 2 cores, 2026-11).
 */
function advance({ head, position }: HistoryParts, event: LogEvent): SessionState | null {
  switch (event.type) {
    case 'event-recorded':
    case 'event-usage-changed':
    case 'event-metadata-changed':
    case 'summary-applied':
    case 'run-changed':
      return head;
    default:
      return evolve(head === null ? null : { ...head, version: position }, event);
  }
}

function closeSegment({ closed, head }: HistoryParts, position: number): void {
  if (head === null) return;
  const { number, fromPosition } = head.open;
  closed.push({ number, fromPosition, toPosition: position });
}

function segmentsOf(
  parts: HistoryParts,
  head: SessionState,
  events: readonly RecordedEvent[],
): readonly SessionSegment[] {
  const { number, fromPosition } = head.open;
  const messages = new Map<number, number>();
  for (const { type, segment } of events) {
    if (type === 'message') messages.set(segment, (messages.get(segment) ?? 0) + 1);
  }
  return [...parts.closed, { number, fromPosition, toPosition: null }].map((segment) => ({
    id: segmentId(head.sessionId, segment.number),
    ...segment,
    messages: messages.get(segment.number) ?? 0,
    summary: parts.events.summaryOf(segment.number),
  }));
}
