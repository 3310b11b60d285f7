import type { CommandReply } from '../actors/envelope.ts';
import type { SessionState } from '../domain/session-state.ts';

/** What became of a recorded event. */
export interface RecordReceipt {
  readonly sessionId: string;
  readonly eventId: string;
  /** Position in the session's log, counting from 1. */
  readonly position: number;
  /** The segment it lies in; null for a repeated call whose event lies too far back to tell. */
  readonly segment: number | null;
  /** True when the idempotency key was known and nothing new was recorded. */
  readonly isRepeated: boolean;
}

/** What a caller is told about an event that was to be recorded. */
export function toReceipt(sessionId: string, reply: CommandReply): RecordReceipt {
  if (reply.kind === 'repeated') {
    const { eventId, position, state } = reply;
    return { sessionId, eventId, position, segment: segmentAt(state, position), isRepeated: true };
  }
  if (reply.kind === 'unchanged')
    throw new TypeError('recording an event always changes something');
  const index = reply.events.findIndex((event) => event.type === 'event-recorded');
  const recorded = reply.events[index];
  if (recorded?.type !== 'event-recorded') throw new TypeError('the reply holds no recorded event');
  const position = reply.firstPosition + index;
  return {
    sessionId,
    eventId: recorded.event.id,
    position,
    segment: segmentAt(reply.state, position),
    isRepeated: false,
  };
}

/** A state knows its latest segments only. */
function segmentAt({ open, closed }: SessionState, position: number): number | null {
  if (position >= open.fromPosition) return open.number;
  const segment = closed.find(
    ({ fromPosition, toPosition }) => fromPosition <= position && position <= toPosition,
  );
  return segment?.number ?? null;
}
