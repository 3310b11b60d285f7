import { recordedEvents } from '../domain/recorded-event.ts';
import { segmentStatsOf, type SessionStats } from '../domain/session-stats.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SessionHandle } from './session-handle.ts';
import { readEntries } from './session-reader.ts';

/** Figures of the open segment alone, from its events and what was corrected of them. */
export async function readCurrentSegmentStats(
  handle: SessionHandle,
  params: { readonly state: SessionState; readonly isInfinite: boolean },
): Promise<SessionStats> {
  const { state, isInfinite } = params;
  const { number, fromPosition } = state.open;
  const source = { store: handle.runtime.store, key: handle.key, lifeId: state.lifeId };
  const entries = await readEntries(source, { fromPosition, toPosition: state.version });
  const events = recordedEvents(entries, { sessionId: state.sessionId, segment: number });
  return segmentStatsOf(state, { events, isInfinite });
}
