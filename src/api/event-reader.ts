import { type HistoryEntry, recordedEvents, summarisedSegment } from '../domain/recorded-event.ts';
import type { RecordedEvent } from '../domain/session.ts';
import type { SessionState } from '../domain/session-state.ts';
import { readLog } from '../store/log-reader.ts';
import { RangeEntries } from './range-entries.ts';
import { logOf, readEntries, type ReadSource } from './session-reader.ts';

/**
 * The events of a range (both ends included) as they are at the version of the state, oldest first. Reads from the beginning of
 * the range up to there and holds the range and what corrects it.
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
  const upToState = { fromPosition, toPosition: state.version };
  for await (const page of readLog(source.store, { ...logOf(source), ...upToState })) {
    for (const entry of page) kept.add(entry);
  }
  const segment = kept.firstSegment ?? state.open.number;
  return recordedEvents(kept.entries, { sessionId: state.sessionId, segment });
}

/** Records of the first look backwards, and of the longest; each one doubles, so that the whole stays linear. */
const FIRST_LOOK = 32;
const LONGEST_LOOK = 4096;

/**
 * The latest event with an id, as it is at the version of the state. Looks for it from there backwards, since all that changes it comes after it,
 * and holds no other events.
 * @throws SESSION_NOT_FOUND
 */
export async function readRecordedEvent(
  source: ReadSource,
  { state, eventId }: { readonly state: SessionState; readonly eventId: string },
): Promise<RecordedEvent | null> {
  const { sessionId } = state;
  let kept: readonly HistoryEntry[] = [];
  let end = state.version;
  for (let size = FIRST_LOOK; end > 0; size = Math.min(2 * size, LONGEST_LOOK)) {
    const range = { fromPosition: Math.max(1, end - size + 1), toPosition: end };
    // In order: whether another look is needed shows in the one before.
    const entries = await readEntries(source, range);
    kept = [...entries.filter(({ event }) => !isOfOthers(event, eventId)), ...kept];
    const firstSegment = firstClosed(kept) ?? state.open.number;
    const events = recordedEvents(kept, { sessionId, segment: firstSegment });
    const found = events.findLast((event) => event.id === eventId);
    if (found !== undefined) return found;
    end = range.fromPosition - 1;
  }
  return null;
}

/** The segment that is open at the beginning of a stretch of a log; null when none closes in it. */
function firstClosed(entries: readonly HistoryEntry[]): number | null {
  for (const { event } of entries) if (event.type === 'segment-closed') return event.segment;
  return null;
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
