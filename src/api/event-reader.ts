import {
  type HistoryEntry,
  recordedEvents,
  summarisedSegment,
  summaryEventId,
} from '../domain/recorded-event.ts';
import type { RecordedEvent } from '../domain/session.ts';
import type { SessionState } from '../domain/session-state.ts';
import { readLog } from '../store/log-reader.ts';
import { RangeEntries } from './range-entries.ts';
import { logOf, type ReadSource } from './session-reader.ts';

/**
 * The events of a range (both ends included) as they are at the end of the log, oldest first. Reads from the beginning of the
 * range to the end of the log and holds the range and what corrects it.
 * @throws SESSION_NOT_FOUND
 */
export async function readRecordedEvents(
  source: ReadSource,
  params: {
    readonly state: SessionState;
    readonly fromPosition: number;
    readonly toPosition: number;
  },
): Promise<readonly RecordedEvent[]> {
  const { state, fromPosition, toPosition } = params;
  const kept = new RangeEntries({ sessionId: state.sessionId, toPosition });
  for await (const page of readLog(source.store, { ...logOf(source), fromPosition })) {
    for (const entry of page) kept.add(entry);
  }
  const segment = kept.firstSegment ?? state.open.number;
  return recordedEvents(kept.entries, { sessionId: state.sessionId, segment });
}

/**
 * The latest event with an id, as it is at the end of the log, and how long that is. Holds no other events.
 * @throws SESSION_NOT_FOUND
 */
export async function readRecordedEvent(
  source: ReadSource,
  params: { readonly sessionId: string; readonly eventId: string },
): Promise<{ readonly event: RecordedEvent | null; readonly version: number }> {
  const { sessionId, eventId } = params;
  const kept: HistoryEntry[] = [];
  let version = 0;
  for await (const page of readLog(source.store, { ...logOf(source), fromPosition: 1 })) {
    kept.push(...page.filter(({ event }) => !isOfOthers(event, eventId)));
    version = page.at(-1)?.position ?? version;
  }
  const events = recordedEvents(kept, { sessionId, segment: 1 });
  return { event: events.findLast((event) => event.id === eventId) ?? null, version };
}

/**
 * Whether there is an event with an id; reads no further than to the first one.
 * @throws SESSION_NOT_FOUND
 */
export async function hasRecordedEvent(
  source: ReadSource,
  params: { readonly sessionId: string; readonly eventId: string },
): Promise<boolean> {
  const { sessionId, eventId } = params;
  let segment = 1;
  for await (const page of readLog(source.store, { ...logOf(source), fromPosition: 1 })) {
    for (const { event } of page) {
      if (event.type === 'event-recorded' && event.event.id === eventId) return true;
      if (event.type !== 'segment-closed') continue;
      if (summaryEventId(sessionId, segment) === eventId) return true;
      segment += 1;
    }
  }
  return false;
}

/** Neither about the event with the id, nor about segments, which have numbers and summaries. */
function isOfOthers(event: HistoryEntry['event'], eventId: string): boolean {
  switch (event.type) {
    case 'event-recorded':
      return event.event.id !== eventId;
    case 'event-metadata-changed':
      return event.eventId !== eventId && !areSameSummary(event.eventId, eventId);
    case 'event-usage-changed':
      return event.eventId !== eventId;
    case 'segment-closed':
    case 'summary-applied':
      return false;
    default:
      return true;
  }
}

function areSameSummary(left: string, right: string): boolean {
  const segment = summarisedSegment(left);
  return segment !== null && segment === summarisedSegment(right);
}
