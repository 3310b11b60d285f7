import { InvalidSessionOperation, SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { assertClaim } from '../domain/owner.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { LeaveOpen } from './cut-links.ts';
import { halfDone } from './half-done.ts';
import type { RemovedContent } from '../runtime/content-archive.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readState } from './hierarchy.ts';

/** A session at a moment: what is to be removed must still be the same and as long. */
export interface RemovalTarget {
  readonly key: SessionKey;
  readonly incarnation: string;
  readonly version: number;
}

/** How the sessions of a removal go. */
export interface RemoveOne {
  /** Removes a session in the store while it is what the target says; false when it no longer is. */
  readonly session: (target: RemovalTarget) => Promise<boolean>;
  /** Told of what went from the archive with one. */
  readonly content?: (removed: RemovedContent) => void;
  /** Takes over what relatives of a session that went could not be told in a full store; without it children that cannot be told keep it. */
  readonly leaveOpen?: LeaveOpen;
}

const NOTHING: RemovedContent = { removed: 0, freedBytes: 0, young: 0 };

/** Looks taken at a session that others keep changing before the removal gives up. */
export const REMOVAL_ROUNDS = 64;

/** A session that was looked at, and what it was then. */
export interface Seen extends RemovalTarget {
  readonly state: SessionState;
}

/** Looks at a session; null when there is none. */
export async function look(runtime: Runtime, key: SessionKey): Promise<Seen | null> {
  // The length first: a state that is read later holds everything up to it.
  const page = await runtime.store.read({ key, fromPosition: 1, limit: 1 });
  const state = await readState(runtime, key);
  if (page === null || state === null) return null;
  return { key, incarnation: page.incarnation, version: page.version, state };
}

/**
 * Refuses a session that became another user's than the caller says since the caller looked at it.
 * @throws INVALID_SESSION_OPERATION
 */
export function refuseClaim(
  { properties: ofSession, sessionId }: SessionState,
  claim: JsonObject | null,
): void {
  if (claim !== null) assertClaim({ ofSession, claim }, { operation: 'open', sessionId });
}

/** What a caller asked for, as refusals name it. */
export type RemovalKind = 'delete' | 'erase';

/**
 * Refuses a session that keeps content where this runtime cannot get at it: nobody would know any more whose that was.
 * @throws INVALID_SESSION_OPERATION
 */
export function refuseOutOfReach(
  { archive }: Pick<Runtime, 'archive'>,
  { namesContent, sessionId }: SessionState,
  operation: RemovalKind,
): void {
  if (archive === null && namesContent) throw outOfReach(operation, sessionId);
}

/** The refusal of what needs an artifact store that the runtime was opened without. */
export function outOfReach(
  operation: RemovalKind | 'export',
  sessionId: string,
): InvalidSessionOperation {
  const reason = `session ${sessionId} has content in an artifact store, and this runtime was opened without one`;
  return new InvalidSessionOperation({ operation, reason, sessionId });
}

/** Removes a session as it was seen; false when it no longer is that. */
export async function removeSeen(
  runtime: Runtime,
  { key, incarnation, version }: RemovalTarget,
  remove: RemoveOne,
): Promise<boolean> {
  // What is put in this very millisecond is still the session's.
  const storedBeforeMs = runtime.clock.nowMs() + 1;
  const isRemoved = await remove.session({ key, incarnation, version });
  runtime.executor.forget(key);
  if (!isRemoved) return false;
  runtime.memories.forget(key);
  // After the log, which names it: what is left by a crash in between is content that nobody can reach.
  const removed = await removeContent(runtime, key, storedBeforeMs);
  remove.content?.(removed);
  return true;
}

/**
 * Removes what a session that is gone had in the archive.
 * @throws UNKNOWN_OUTCOME when that fails, since the session is gone all the same.
 */
export async function removeContent(
  runtime: Runtime,
  key: SessionKey,
  storedBeforeMs: number,
): Promise<RemovedContent> {
  try {
    return (await runtime.archive?.removeSession(key, storedBeforeMs)) ?? NOTHING;
  } catch (error) {
    throw halfDone('removal of stored content', error);
  }
}

/** What is said when the rounds are over. */
export function keepsChanging({ sessionId }: SessionKey): SessionManagerError {
  return new SessionManagerError('Others kept writing to the session while it was to be removed', {
    code: 'SESSION_CONFLICT',
    data: { sessionId },
  });
}
