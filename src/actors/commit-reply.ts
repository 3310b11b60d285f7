import type { Decision } from '../domain/command.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { newlySummarised, type SummaryWish, summaryWish } from '../domain/summary-wish.ts';
import type { Committed, FullReply, RecordedReceipt } from './envelope.ts';

/** Where the events of a command are, and the session after their commit. */
interface Outcome {
  readonly firstPosition: number;
  readonly state: SessionState;
}

/** What a caller is told of a decision that was carried out. */
export function replyTo(
  decision: Exclude<Decision, { readonly kind: 'rejected' }>,
  committed: Outcome,
): FullReply {
  const { state } = committed;
  const { lifeId, fork, systemPrompt } = state;
  switch (decision.kind) {
    case 'accepted': {
      const { events } = decision;
      const receipt = receiptOf(events, committed);
      const { kind, firstPosition, length, recorded, created, summarised } = receipt;
      // Spelled out: a spread with more fields behind it costs microseconds, which every write would pay.
      return {
        kind,
        firstPosition,
        length,
        recorded,
        created,
        summarised,
        lifeId,
        fork,
        events,
        systemPrompt,
        state,
      };
    }
    case 'unchanged':
      return { kind: 'unchanged', lifeId, fork, systemPrompt, state };
    case 'repeated': {
      const { eventId, position } = decision;
      const segment = segmentAt(state, position);
      return { kind: 'repeated', eventId, position, segment, lifeId, fork, systemPrompt, state };
    }
  }
}

/** What every caller is told of events that are in the log. */
export function receiptOf(
  events: readonly LogEvent[],
  { firstPosition, state }: Outcome,
): Committed {
  let recorded: RecordedReceipt | null = null;
  let created: Committed['created'] = null;
  let summarised: readonly SummaryWish[] = NONE;
  for (const [index, event] of events.entries()) {
    if (event.type === 'event-recorded' && recorded === null) {
      const position = firstPosition + index;
      recorded = { eventId: event.event.id, position, segment: segmentAt(state, position) };
    } else if (event.type === 'session-created') created = { parentId: event.parentId };
    else {
      const wishes = newlySummarised(event).map((range) => summaryWish(state, range));
      if (wishes.length > 0)
        summarised = [...summarised, ...wishes.filter((wish) => wish !== null)];
    }
  }
  const { lifeId, fork } = state;
  const { length } = events;
  return { kind: 'committed', firstPosition, length, recorded, created, summarised, lifeId, fork };
}

const NONE: readonly SummaryWish[] = [];

/** A state knows its latest segments only. */
function segmentAt({ open, closed }: SessionState, position: number): number | null {
  if (position >= open.fromPosition) return open.number;
  const segment = closed.find(
    ({ fromPosition, toPosition }) => fromPosition <= position && position <= toPosition,
  );
  return segment?.number ?? null;
}
