import { InvalidSessionOperation, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import { decodeRecord, decodeRecords } from './codec.ts';
import type { Store } from './store.ts';

/** One record of a session's log at its place; a fork counts the part it shares with its origin. */
export interface LogEntry {
  readonly position: number;
  readonly event: LogEvent;
}

/** A stretch of a session's log; `toPosition` defaults to its end. */
export interface LogRange {
  readonly key: SessionKey;
  readonly fromPosition: number;
  readonly toPosition?: number;
}

/** Forks of forks of forks: deeper ones would make reading a session unbounded work. */
export const MAX_FORK_DEPTH = 32;

/** Records fetched at once: about half a megabyte of ordinary chat. */
const PAGE_RECORDS = 1000;

/**
 * Reads a stretch of a log page by page, oldest first, through the logs of the origins where the session is a fork.
 * @throws SESSION_NOT_FOUND, CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
 */
export async function* readLog(store: Store, range: LogRange): AsyncGenerator<readonly LogEntry[]> {
  yield* readThrough(store, { ...range, depth: 0 });
}

/**
 * What a session shares with its origin; null when it is not a fork.
 * @throws SESSION_NOT_FOUND
 */
export async function readForkOrigin(store: Store, key: SessionKey): Promise<ForkOrigin | null> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  const first = page?.records[0];
  if (first === undefined) throw new SessionNotFound({ sessionId: key.sessionId });
  const event = decodeRecord(first, 1);
  return event.type === 'session-created' ? event.fork : null;
}

async function* readThrough(
  store: Store,
  range: LogRange & { readonly depth: number },
): AsyncGenerator<readonly LogEntry[]> {
  const { key, depth } = range;
  if (depth > MAX_FORK_DEPTH) {
    throw new InvalidSessionOperation({
      operation: 'readLog',
      reason: `forks are nested deeper than ${MAX_FORK_DEPTH}`,
      sessionId: key.sessionId,
    });
  }
  const fork = await readForkOrigin(store, key);
  const shared = fork?.position ?? 0;
  if (fork !== null && range.fromPosition <= shared) {
    const toPosition = Math.min(shared, range.toPosition ?? shared);
    const origin = { tenant: key.tenant, sessionId: fork.sessionId };
    yield* readThrough(store, {
      key: origin,
      fromPosition: range.fromPosition,
      toPosition,
      depth: depth + 1,
    });
  }
  yield* readOwn(store, range, shared);
}

async function* readOwn(
  store: Store,
  range: LogRange,
  shared: number,
): AsyncGenerator<readonly LogEntry[]> {
  const last = (range.toPosition ?? Number.MAX_SAFE_INTEGER) - shared;
  let next = Math.max(1, range.fromPosition - shared);
  while (next <= last) {
    // In order: pages follow one another, and a caller that stops early must not have paid for the rest.
    const limit = Math.min(PAGE_RECORDS, last - next + 1);
    const page = await store.read({ key: range.key, fromPosition: next, limit });
    if (page === null) throw new SessionNotFound({ sessionId: range.key.sessionId });
    if (page.records.length === 0) return;
    const first = next + shared;
    yield decodeRecords(page.records, next).map((event, index) => ({
      position: first + index,
      event,
    }));
    next += page.records.length;
  }
}
