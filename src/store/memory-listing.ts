import { decodeCursor, encodeCursor } from './list-cursor.ts';
import type { MemorySession } from './memory-session.ts';
import type { MemoryState } from './memory-state.ts';
import { assertListParams } from './params-check.ts';
import type { ListPage, ListParams } from './session-head.ts';
import type { TenantShelf } from './tenant-shelf.ts';

/**
 * One page of a tenant's sessions. Both orders cost the page plus what the conditions pass over, wherever the page lies;
 * the latest activity of one user sorts all of that user's sessions.
 * @throws INVALID_INPUT
 */
export function listSessions(state: MemoryState, params: ListParams, nowMs: number): ListPage {
  assertListParams(params);
  const instance = state.settings.instance;
  const after = decodeCursor(params, instance);
  const shelf = state.shelf(params.tenant);
  const found = shelf === null ? [] : collect(candidates(shelf, params, after), params, nowMs);
  const page = found.slice(0, params.limit);
  const last = found.length > params.limit ? page.at(-1) : undefined;
  return {
    heads: page.map((session) => session.head()),
    cursor: last === undefined ? null : encodeCursor(sequenceOf(last, params), params, instance),
  };
}

function candidates(
  shelf: TenantShelf,
  params: ListParams,
  after: number | null,
): Iterable<MemorySession> {
  const { userId, order } = params;
  if (order === 'created') {
    const index = userId === undefined ? shelf.byCreation : shelf.ofUser(userId);
    return index?.ascending(after ?? 0) ?? [];
  }
  const before = after ?? Infinity;
  if (userId === undefined) return shelf.byUpdate.descending(before);
  return latestOfUser(shelf, userId, before);
}

function latestOfUser(
  shelf: TenantShelf,
  userId: string,
  before: number,
): readonly MemorySession[] {
  const sessions = [...(shelf.ofUser(userId)?.ascending(0) ?? [])];
  return sessions
    .filter((session) => session.updatedSequence < before)
    .toSorted((a, b) => b.updatedSequence - a.updatedSequence);
}

/** One session more than the page holds, so that a full page knows whether it is the last. */
function collect(
  sessions: Iterable<MemorySession>,
  params: ListParams,
  nowMs: number,
): MemorySession[] {
  const found: MemorySession[] = [];
  for (const session of sessions) {
    if (isBeyond(session, params)) break;
    if (session.isExpired(nowMs) || !isMatch(session, params)) continue;
    found.push(session);
    if (found.length > params.limit) break;
  }
  return found;
}

/** Whether every further session lies outside the time range; times only grow along both orders. */
function isBeyond(session: MemorySession, params: ListParams): boolean {
  if (params.order === 'created')
    return session.createdAtMs >= (params.createdBeforeMs ?? Infinity);
  return session.updatedAtMs() < (params.updatedFromMs ?? -Infinity);
}

function isMatch(session: MemorySession, params: ListParams): boolean {
  const { createdFromMs = -Infinity, createdBeforeMs = Infinity } = params;
  const { updatedFromMs = -Infinity, updatedBeforeMs = Infinity } = params;
  return (
    session.sessionId.startsWith(params.sessionIdPrefix ?? '') &&
    session.createdAtMs >= createdFromMs &&
    session.createdAtMs < createdBeforeMs &&
    session.updatedAtMs() >= updatedFromMs &&
    session.updatedAtMs() < updatedBeforeMs &&
    hasProperties(session, params.properties ?? {})
  );
}

function hasProperties(session: MemorySession, wanted: Readonly<Record<string, string>>): boolean {
  const { properties } = session.labels;
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(properties, name) && properties[name] === value,
  );
}

function sequenceOf(session: MemorySession, params: ListParams): number {
  return params.order === 'created' ? session.createdSequence : session.updatedSequence;
}
