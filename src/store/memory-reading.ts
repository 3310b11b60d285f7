import type { SessionKey } from '../domain/ids.ts';
import type { HistoryPoint, LoadResult, RecordPage, Snapshot } from './history-point.ts';
import type { MemorySession } from './memory-session.ts';
import type { MemoryState } from './memory-state.ts';
import { assertKey, assertPoint, assertReadRange } from './params-check.ts';
import { MAX_TAIL_RECORDS } from './store-limits.ts';
import { textBytes } from './text-copier.ts';

/** A session's key, and the history the caller knows of it. */
export interface LoadParams {
  readonly key: SessionKey;
  readonly known?: HistoryPoint;
}

/** A stretch of one session's log. */
export interface ReadParams {
  readonly key: SessionKey;
  readonly fromPosition: number;
  readonly limit: number;
}

/**
 * The base to start from and the first page of what follows it.
 * @throws INVALID_INPUT
 */
export function loadSession(state: MemoryState, params: LoadParams, nowMs: number): LoadResult {
  assertKey(params.key);
  if (params.known !== undefined) assertPoint(params.known, 'known');
  const session = state.find(params.key, nowMs);
  return session === null ? absence(state, params) : presence(session, params.known);
}

function absence(state: MemoryState, params: LoadParams): LoadResult {
  if (params.known === undefined) return { kind: 'missing' };
  return state.graveyard.writersOf(params.key) === null
    ? { kind: 'regressed', point: null }
    : { kind: 'gone' };
}

function presence(session: MemorySession, known: HistoryPoint | undefined): LoadResult {
  if (known !== undefined && known.incarnation !== session.incarnation) return { kind: 'gone' };
  if (known !== undefined && !session.hasPassed(known))
    return { kind: 'regressed', point: session.point() };
  const snapshot = baseSnapshot(session, known?.version ?? 0);
  return {
    kind: 'found',
    point: session.point(),
    expiresAtMs: session.expiresAtMs,
    snapshot,
    tail: session.tail(snapshot?.point.version ?? known?.version ?? 0, session.log.length),
  };
}

function baseSnapshot(session: MemorySession, knownVersion: number): Snapshot | null {
  const { snapshot } = session;
  if (snapshot === null || snapshot.point.version <= knownVersion) return null;
  // A caller that only misses one page is served faster with that page than with a whole state.
  const isNear = knownVersion > 0 && session.log.length - knownVersion <= MAX_TAIL_RECORDS;
  return isNear ? null : snapshot;
}

/**
 * A page of a session's log.
 * @throws INVALID_INPUT
 */
export function readRecords(
  state: MemoryState,
  params: ReadParams,
  nowMs: number,
): RecordPage | null {
  const { key, fromPosition, limit } = params;
  assertKey(key);
  assertReadRange(fromPosition, limit);
  const session = state.find(key, nowMs);
  if (session === null) return null;
  return {
    incarnation: session.incarnation,
    firstPosition: fromPosition,
    records: session.log.slice(fromPosition, limit),
    version: session.log.length,
  };
}

/**
 * Keeps a snapshot that belongs to the session's past, is the newest and fits.
 * @throws INVALID_INPUT
 */
export function keepSnapshot(
  state: MemoryState,
  params: { readonly key: SessionKey; readonly snapshot: Snapshot },
  nowMs: number,
): boolean {
  const { key, snapshot } = params;
  assertKey(key);
  assertPoint(snapshot.point, 'snapshot.point');
  const session = state.find(key, nowMs);
  if (session === null || !isNewer(session, snapshot.point)) return false;
  const bytes = textBytes(snapshot.body) - textBytes(session.snapshot?.body ?? '');
  if (state.meter.boundPassed({ bytes, sessions: 0 }) !== null) return false;
  session.snapshot = {
    point: session.pointAt(snapshot.point.version),
    body: state.copier.copy(snapshot.body),
  };
  state.meter.charge(session, bytes);
  return true;
}

function isNewer(session: MemorySession, point: HistoryPoint): boolean {
  if (point.incarnation !== session.incarnation || !session.hasPassed(point)) return false;
  return session.snapshot === null || point.version > session.snapshot.point.version;
}
