import { InvalidSessionOperation, SessionManagerError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import { decodeRecord } from './codec.ts';
import type { RecordPage, Store } from './store.ts';

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
  /** The life of the session that is meant; another one under its id is not found. Any when not given. */
  readonly lifeId?: string | undefined;
  /** Which records are decoded, where others lie between those that somebody needs. Default: all. */
  readonly isNeeded?: ((position: number) => boolean) | undefined;
}

/** Forks of forks of forks: deeper ones would make reading a session unbounded work. */
export const MAX_FORK_DEPTH = 32;

/** Records fetched at once: about half a megabyte of ordinary chat. */
const PAGE_RECORDS = 1000;

/** Records that are asked for before it is known whether they are this session's own. */
const MAX_EARLY = 100;

/**
 * Reads a stretch of a log page by page, oldest first, through the logs of the origins where the session is a fork.
 * @throws SESSION_NOT_FOUND, also for an origin, and when another session takes the id of one that is being read;
 * CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
 */
export async function* readLog(store: Store, range: LogRange): AsyncGenerator<readonly LogEntry[]> {
  yield* readThrough(store, { ...range, depth: 0, lifeId: range.lifeId });
}

/**
 * Refuses an origin that is so many forks deep that a fork of it could not be read.
 * @throws INVALID_SESSION_OPERATION, and SESSION_NOT_FOUND when the origin or one of its own origins is gone.
 */
export async function assertForkable(
  store: Store,
  key: SessionKey,
  fork: ForkOrigin,
): Promise<void> {
  let origin: ForkOrigin | null = fork;
  for (let depth = 1; origin !== null; depth += 1) {
    assertDepth(depth, key);
    const originKey: SessionKey = { tenant: key.tenant, sessionId: origin.sessionId };
    // In order: only an origin says what it is a fork of.
    origin = (await readBeginning(store, originKey, origin.lifeId)).fork;
  }
}

/** @throws INVALID_SESSION_OPERATION for a session so many forks away from one that is none. */
export function assertDepth(depth: number, key: SessionKey): void {
  if (depth <= MAX_FORK_DEPTH) return;
  throw new InvalidSessionOperation({
    operation: 'fork',
    reason: `forks are nested deeper than ${MAX_FORK_DEPTH}`,
    sessionId: key.sessionId,
  });
}

/** How a session begins, and the incarnation that every page of it must be of. */
export interface Beginning {
  readonly fork: ForkOrigin | null;
  readonly incarnation: string;
}

/**
 * Reads how a session begins; with `lifeId`, one that has taken the id of the session that is meant is not found.
 * @throws SESSION_NOT_FOUND
 */
export async function readBeginning(
  store: Store,
  key: SessionKey,
  lifeId: string | null,
): Promise<Beginning> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  const first = page?.records[0];
  if (page === null || first === undefined) throw notThere(key);
  const event = decodeRecord(first, 1);
  const created = event.type === 'session-created' ? event : null;
  if (lifeId !== null && created?.lifeId !== lifeId) throw notThere(key);
  return { fork: created?.fork ?? null, incarnation: page.incarnation };
}

async function* readThrough(
  store: Store,
  range: LogRange & { readonly depth: number },
): AsyncGenerator<readonly LogEntry[]> {
  const { key, depth } = range;
  assertDepth(depth, key);
  const [{ fork, incarnation }, early] = await Promise.all([
    readBeginning(store, key, range.lifeId ?? null),
    readEarly(store, range),
  ]);
  if (fork === null) return yield* readOwn(store, range, { shared: 0, incarnation, early });
  const shared = fork.position;
  if (range.fromPosition <= shared) {
    yield* readThrough(store, {
      key: { tenant: key.tenant, sessionId: fork.sessionId },
      fromPosition: range.fromPosition,
      toPosition: Math.min(shared, range.toPosition ?? shared),
      depth: depth + 1,
      lifeId: fork.lifeId,
      isNeeded: range.isNeeded,
    });
  }
  yield* readOwn(store, range, { shared, incarnation, early: null });
}

/** What is wanted of a session that is no fork, as most are, asked for before that is known: one wait instead of two. */
async function readEarly(
  store: Store,
  { key, fromPosition, toPosition = Number.MAX_SAFE_INTEGER }: LogRange,
): Promise<RecordPage | null> {
  const count = toPosition - fromPosition + 1;
  if (fromPosition < 1 || count < 1 || count > MAX_EARLY) return null;
  return store.read({ key, fromPosition, limit: count });
}

async function* readOwn(
  store: Store,
  range: LogRange,
  found: {
    readonly shared: number;
    readonly incarnation: string;
    readonly early: RecordPage | null;
  },
): AsyncGenerator<readonly LogEntry[]> {
  const { shared, incarnation } = found;
  let { early } = found;
  const last = (range.toPosition ?? Number.MAX_SAFE_INTEGER) - shared;
  let next = Math.max(1, range.fromPosition - shared);
  while (next <= last) {
    // In order: pages follow one another, and a caller that stops early must not have paid for the rest.
    const limit = Math.min(PAGE_RECORDS, last - next + 1);
    const page = early ?? (await store.read({ key: range.key, fromPosition: next, limit }));
    early = null;
    if (page?.incarnation !== incarnation) throw notThere(range.key);
    if (page.records.length === 0) {
      // The end of a log is where a reader stops that named none; one that named a record knows that it was there.
      if (range.toPosition === undefined) return;
      throw historyRegressed(range.key);
    }
    yield entriesOf(page.records, { next, shared, isNeeded: range.isNeeded });
    next += page.records.length;
  }
}

/** Those of some records that are needed; `next` is the place of the first in its own log. */
function entriesOf(
  records: readonly string[],
  {
    next,
    shared,
    isNeeded = () => true,
  }: Pick<LogRange, 'isNeeded'> & { readonly next: number; readonly shared: number },
): readonly LogEntry[] {
  return records.flatMap((record, index) => {
    const position = next + shared + index;
    return isNeeded(position) ? [{ position, event: decodeRecord(record, next + index) }] : [];
  });
}

/** What is said when acknowledged history is missing from the store. */
export function historyRegressed({ sessionId }: SessionKey): SessionManagerError {
  return new SessionManagerError('The store no longer has history that it acknowledged', {
    code: 'HISTORY_REGRESSED',
    data: { sessionId },
  });
}

function notThere({ sessionId }: SessionKey): SessionNotFound {
  return new SessionNotFound({ sessionId });
}
