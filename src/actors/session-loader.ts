import { SessionManagerError, SessionNotFound, StorageError } from '../domain/errors.ts';
import { evolve, evolveAll } from '../domain/evolve.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { decodeRecords, decodeSnapshot } from '../store/codec.ts';
import {
  assertDepth,
  assertForkable,
  historyRegressed,
  readBeginning,
} from '../store/log-reader.ts';
import type { HistoryPoint, LoadResult, Snapshot, Store, Tail } from '../store/store.ts';

/** A session as an actor holds it: the folded state, where in the store's history it stands, and when it expires. */
export interface LoadedSession {
  readonly state: SessionState;
  readonly point: HistoryPoint;
  readonly expiresAtMs: number | null;
  /** Own records covered by the newest snapshot known here. */
  readonly snapshotVersion: number;
}

/** Where a session is read from. */
export interface Reader {
  readonly store: Store;
  readonly key: SessionKey;
  /** Forks that led here from the session that is wanted; 0 when not given. */
  readonly depth?: number;
}

/** Records read at once while folding what a load did not bring along. */
const PAGE_RECORDS = 1000;
/** A session that is deleted and created anew while it is being read is read anew, at most this often. */
const LOAD_TRIES = 8;
/** Where folding begins when everything has to be read. */
const NO_TAIL: Tail = { firstPosition: 1, records: [], isComplete: false };

/**
 * Loads a session: the newest usable snapshot, then the records after it. Null when there is none.
 * @throws HISTORY_REGRESSED, CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
 */
export async function loadSession(reader: Reader): Promise<LoadedSession | null> {
  for (let attempt = 0; attempt < LOAD_TRIES; attempt += 1) {
    // In order: only a session that went while it was read is looked for again.
    const loaded = await loadOnce(reader);
    if (loaded !== 'replaced') return loaded;
  }
  throw new StorageError({
    operation: 'load',
    backend: reader.store.backend,
    message: 'The session was replaced again and again while it was being read',
  });
}

/**
 * Brings a loaded session up to date; null when it is gone meanwhile.
 * @throws HISTORY_REGRESSED when what was loaded is not in the store's past.
 */
export async function refreshSession(
  reader: Reader,
  session: LoadedSession,
): Promise<LoadedSession | null> {
  const loaded = await reader.store.load({ key: reader.key, known: session.point });
  if (loaded.kind === 'missing' || loaded.kind === 'gone') return loadSession(reader);
  if (loaded.kind === 'regressed') throw historyRegressed(reader.key);
  if (loaded.snapshot !== null) {
    // From this very answer: one that is asked for anew would not know what must be in its past.
    const anew = await fromFound(reader, loaded);
    return anew === 'replaced' ? loadSession(reader) : anew;
  }
  const { tail, point, expiresAtMs } = loaded;
  const { version } = point;
  // Nothing came since, as nearly always where one process writes.
  if (tail.records.length === 0 && tail.firstPosition > version)
    return { state: session.state, point, expiresAtMs, snapshotVersion: session.snapshotVersion };
  const state = await foldTail(reader, { base: session.state, tail, point, version });
  return state === null ? loadSession(reader) : { ...session, state, point, expiresAtMs };
}

/**
 * The state after the records that a store call reported as unseen, up to `version`; null when the session is gone
 * meanwhile.
 */
export async function absorbTail(
  reader: Reader,
  params: {
    readonly session: LoadedSession | null;
    readonly tail: Tail;
    readonly point: HistoryPoint;
    readonly version: number;
  },
): Promise<SessionState | null> {
  const { session, ...rest } = params;
  return foldTail(reader, { base: session?.state ?? null, ...rest });
}

/**
 * The state that a new fork begins from.
 * @throws SESSION_NOT_FOUND when its origin is gone, was replaced or never was that long, INVALID_SESSION_OPERATION when
 * the origin is so many forks deep itself that the fork could not be read.
 */
export async function loadNewForkBase(reader: Reader, fork: ForkOrigin): Promise<SessionState> {
  await assertForkable(reader.store, reader.key, fork);
  return loadForkBase(reader, fork);
}

/** The state that a fork begins from: that of its origin after the records they share. */
async function loadForkBase(reader: Reader, fork: ForkOrigin): Promise<SessionState> {
  const depth = (reader.depth ?? 0) + 1;
  assertDepth(depth, reader.key);
  const key = { tenant: reader.key.tenant, sessionId: fork.sessionId };
  return loadStateAt({ store: reader.store, key, depth }, fork);
}

/**
 * The state after the first records of a session, those it shares with its own origin included: from the newest snapshot
 * when that is not newer.
 */
async function loadStateAt(reader: Reader, wanted: ForkOrigin): Promise<SessionState> {
  const { store, key } = reader;
  const loaded = await store.load({ key });
  if (loaded.kind !== 'found') throw new SessionNotFound({ sessionId: key.sessionId });
  const { point, snapshot, tail } = loaded;
  const base = restoreSnapshot(snapshot);
  if (base === null || snapshot === null || base.version > wanted.position) {
    return foldFromFirst(reader, { wanted, point });
  }
  if (base.lifeId !== wanted.lifeId) throw new SessionNotFound({ sessionId: key.sessionId });
  const version = wanted.position - (base.fork?.position ?? 0);
  const records = tail.records.slice(0, version - snapshot.point.version);
  return foldUpTo(reader, { base, tail: { ...tail, records }, point, version });
}

async function foldFromFirst(
  reader: Reader,
  { wanted, point }: { readonly wanted: ForkOrigin; readonly point: HistoryPoint },
): Promise<SessionState> {
  const { fork } = await readBeginning(reader.store, reader.key, wanted.lifeId);
  const shared = fork?.position ?? 0;
  if (fork !== null && wanted.position <= shared) {
    return loadForkBase(reader, { ...fork, position: wanted.position });
  }
  return foldUpTo(reader, { base: null, tail: NO_TAIL, point, version: wanted.position - shared });
}

async function foldUpTo(
  reader: Reader,
  params: Parameters<typeof foldTail>[1],
): Promise<SessionState> {
  const { version, point } = params;
  const { sessionId } = reader.key;
  if (version < 1 || version > point.version) {
    const message = `Session ${sessionId} does not reach that position`;
    throw new SessionNotFound({ sessionId, message });
  }
  const state = await foldTail(reader, params);
  if (state === null) throw new SessionNotFound({ sessionId });
  return state;
}

/** The state an event is laid over: for the first record of a fork its origin's, else the one before. */
async function baseOf(
  reader: Reader,
  params: { readonly state: SessionState | null; readonly event: LogEvent },
): Promise<SessionState | null> {
  const { state, event } = params;
  if (state !== null || event.type !== 'session-created' || event.fork === null) return state;
  return loadForkBase(reader, event.fork);
}

/** A snapshot that cannot be read is only a slower start: the log holds the same. */
function restoreSnapshot(snapshot: Snapshot | null): SessionState | null {
  if (snapshot === null) return null;
  try {
    return decodeSnapshot(snapshot.body);
  } catch (error) {
    if (error instanceof SessionManagerError && error.code === 'CORRUPT_RECORD') return null;
    throw error;
  }
}

async function loadOnce(reader: Reader): Promise<LoadedSession | null | 'replaced'> {
  const loaded = await reader.store.load({ key: reader.key });
  if (loaded.kind === 'missing' || loaded.kind === 'gone') return null;
  if (loaded.kind === 'regressed') throw historyRegressed(reader.key);
  return fromFound(reader, loaded);
}

async function fromFound(
  reader: Reader,
  loaded: Extract<LoadResult, { readonly kind: 'found' }>,
): Promise<LoadedSession | 'replaced'> {
  const { point, snapshot, expiresAtMs } = loaded;
  const base = restoreSnapshot(snapshot);
  // Without a readable snapshot the tail after it is of no use: the log is folded from its beginning.
  const tail = base === null && snapshot !== null ? NO_TAIL : loaded.tail;
  const state = await foldTail(reader, { base, tail, point, version: point.version });
  if (state === null) return 'replaced';
  const snapshotVersion = base === null ? 0 : (snapshot?.point.version ?? 0);
  return { state, point, expiresAtMs, snapshotVersion };
}

/** The state after `version` records of the history that `point` is in; null when that session is not there any more. */
async function foldTail(
  reader: Reader,
  params: {
    readonly base: SessionState | null;
    readonly tail: Tail;
    readonly point: HistoryPoint;
    readonly version: number;
  },
): Promise<SessionState | null> {
  const { tail, point, version } = params;
  let state = await foldRecords(reader, params.base, tail);
  let next = tail.firstPosition + tail.records.length;
  const needsPages = next <= version;
  while (next <= version) {
    // In order: a page is folded onto the one before.
    const limit = Math.min(PAGE_RECORDS, version - next + 1);
    const page = await reader.store.read({ key: reader.key, fromPosition: next, limit });
    if (page === null || page.incarnation !== point.incarnation) {
      // A session that was removed is remembered for a while; one that is missing without a trace was lost.
      await assertInPast(reader, point);
      return null;
    }
    if (page.records.length === 0) throw historyRegressed(reader.key);
    state = await foldRecords(reader, state, page);
    next += page.records.length;
  }
  // Pages say whose they are, but not of which past: a loss between two of them shows only in the chain.
  if (needsPages) await assertInPast(reader, point);
  if (state === null) throw historyRegressed(reader.key);
  return state;
}

async function assertInPast(reader: Reader, point: HistoryPoint): Promise<void> {
  const loaded = await reader.store.load({ key: reader.key, known: point });
  if (loaded.kind === 'regressed') throw historyRegressed(reader.key);
}

async function foldRecords(
  reader: Reader,
  base: SessionState | null,
  page: { readonly firstPosition: number; readonly records: readonly string[] },
): Promise<SessionState | null> {
  const [first, ...rest] = decodeRecords(page.records, page.firstPosition);
  if (first === undefined) return base;
  const start = evolve(await baseOf(reader, { state: base, event: first }), first);
  return evolveAll(start, rest);
}
