import { z } from 'zod';
import { SessionNotFound } from '../domain/errors.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import { readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

/** The last record that a fork shares with its origin, as far as no copy and no later version of the codec changes it. */
export interface SharedEnd {
  readonly type: string;
  readonly atMs: number;
  readonly eventId: string | null;
}

/** As it stands in the header of an export. */
export const sharedEndSchema: z.ZodType<SharedEnd> = z.looseObject({
  type: z.string(),
  atMs: z.number(),
  eventId: z.string().nullable(),
});

/** What a session is a fork of, by its first record. */
export function forkIn(first: LogEvent | undefined): ForkOrigin | null {
  return first?.type === 'session-created' ? first.fork : null;
}

/**
 * The last record that a fork shares.
 * @throws SESSION_NOT_FOUND when its origin is gone or was replaced, HISTORY_REGRESSED when it is not that long.
 */
export async function lastShared(
  store: Store,
  tenant: string,
  { sessionId, lifeId, position }: ForkOrigin,
): Promise<SharedEnd> {
  const range = { fromPosition: position, toPosition: position };
  for await (const page of readLog(store, { key: { tenant, sessionId }, lifeId, ...range })) {
    const [entry] = page;
    if (entry !== undefined) return endOf(entry.event);
  }
  throw new SessionNotFound({ sessionId });
}

/**
 * Refuses an origin that does not say at the end of what a fork shares what it said when that was exported: it was restored from
 * an older backup, and has gone on in another way since.
 * @throws SESSION_NOT_FOUND
 */
export async function assertSameHistory(
  store: Store,
  tenant: string,
  shared: { readonly fork: ForkOrigin; readonly end: SharedEnd },
): Promise<void> {
  const { fork, end } = shared;
  const found = await lastShared(store, tenant, fork);
  if (found.type === end.type && found.atMs === end.atMs && found.eventId === end.eventId) return;
  const { sessionId, position } = fork;
  const message = `Session ${sessionId} has another history up to position ${position} than the one that its fork shares`;
  throw new SessionNotFound({ sessionId, message });
}

function endOf(event: LogEvent): SharedEnd {
  const eventId = event.type === 'event-recorded' ? event.event.id : null;
  return { type: event.type, atMs: event.atMs, eventId };
}
