import type { CommandReply } from '../actors/envelope.ts';

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
  if (reply.kind === 'unchanged')
    throw new TypeError('recording an event always changes something');
  const isRepeated = reply.kind === 'repeated';
  const recorded = isRepeated ? reply : reply.recorded;
  if (recorded === null) throw new TypeError('the reply tells of no recorded event');
  const { eventId, position, segment } = recorded;
  return { sessionId, eventId, position, segment, isRepeated };
}
