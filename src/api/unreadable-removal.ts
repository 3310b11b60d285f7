import { PagefoldError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { assertClaim, ownerOf } from '../domain/owner.ts';
import type { SessionState } from '../domain/session-state.ts';
import { isGone } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { FreedChildren, type NamedChild } from './freed-children.ts';
import { type ChildrenPolicy, refusal } from './hierarchy.ts';
import {
  keepsChanging,
  outOfReach,
  REMOVAL_ROUNDS,
  type RemovalKind,
  type RemoveOne,
  removeSeen,
} from './removal-target.ts';
import { isLost, type Salvage, salvage } from './salvage.ts';

/** Whether an error of a session that is there says that it cannot be read: it is damaged, its key is gone, or the origin of the fork that it is. */
export function isBeyondReading(error: unknown): boolean {
  return isLost(error) || isGone(error);
}

/** A session that is to go although it cannot be read. */
export interface UnreadableSession {
  readonly key: SessionKey;
  /** Of the session that is meant, where the caller knows it. */
  readonly lifeId: string | undefined;
  readonly children: ChildrenPolicy;
  readonly claim: JsonObject | null;
  readonly operation: RemovalKind;
  /** Why it cannot be read. */
  readonly cause: unknown;
}

/**
 * Removes a session that is damaged, or whose key or origin is gone, and returns how many of its records could not be read. What can be read is
 * heeded as in other removals: forks and children that it names, its parent, and content that is out of reach.
 * @throws the cause where it may be another user's, or another session than the caller knows; SESSION_NOT_FOUND,
 * INVALID_SESSION_OPERATION and SESSION_CONFLICT as for a session that can be read.
 */
export async function removeUnreadable(
  runtime: Runtime,
  session: UnreadableSession,
  remove: RemoveOne,
): Promise<number> {
  const { key, operation } = session;
  const children = new FreedChildren(runtime);
  const progress = { isRemoving: false };
  let last: Salvage | null = null;
  try {
    for (let round = 1; round <= REMOVAL_ROUNDS; round += 1) {
      // In order: each look is at what the one before left.
      const seen = await salvage(runtime.store, key);
      // Gone is gone, when others remove it too.
      if (seen === null && round > 1) return 0;
      if (seen === null) throw new SessionNotFound({ sessionId: key.sessionId });
      last = seen;
      if (await isRemoved({ runtime, session, children, remove, progress }, seen))
        return seen.unreadRecords;
    }
    throw keepsChanging(key);
  } catch (error) {
    if (last === null) throw error;
    const mayGo = progress.isRemoving && isUnknown(error);
    throw await children.giveBack(last, { operation, error, mayGo });
  }
}

interface Removal {
  readonly runtime: Runtime;
  readonly session: UnreadableSession;
  readonly children: FreedChildren;
  readonly remove: RemoveOne;
  /** Whether the store was asked to remove it, and did not answer yet. */
  readonly progress: { isRemoving: boolean };
}

/** One attempt at what was seen; false when it is something else by now. All that refuses comes first, so that a refusal changes nothing. */
async function isRemoved(removal: Removal, seen: Salvage): Promise<boolean> {
  const { runtime, session, children, remove, progress } = removal;
  const { key, cause } = session;
  const { sessionId } = key;
  refuseOthers(runtime, seen, session);
  const below = await childrenOf(removal, seen);
  const links = new CutLinks(runtime);
  await links.noteParent({ ...key, parentId: seen.parentId });
  // In order: a session may have more children than the queues of a tenant have places.
  for (const child of below) await children.free(child, sessionId);
  progress.isRemoving = true;
  const isRemovedNow = await removeSeen(runtime, seen, remove);
  progress.isRemoving = false;
  if (!isRemovedNow) return false;
  await links.settleParents(sessionId);
  await links.settleOpen();
  runtime.warn('UNREADABLE_REMOVED', cause, key);
  return true;
}

function isUnknown(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
}

function refuseOthers(runtime: Runtime, seen: Salvage, session: UnreadableSession): void {
  const { lifeId, claim, operation, cause } = session;
  const { sessionId } = seen.key;
  if (lifeId !== undefined && seen.lifeId === null) throw cause;
  if (lifeId !== undefined && seen.lifeId !== lifeId) throw new SessionNotFound({ sessionId });
  if (claim !== null) refuseForeign(seen, claim, cause);
  if (runtime.archive === null && seen.namesContent) throw outOfReach(operation, sessionId);
}

/** @throws INVALID_SESSION_OPERATION, or the cause, where it may be another user's. */
function refuseForeign(
  { key, lifeId, properties, listedUserId }: Salvage,
  claim: JsonObject,
  cause: unknown,
): void {
  if (lifeId !== null)
    assertClaim({ ofSession: properties, claim }, { operation: 'open', sessionId: key.sessionId });
  const owner = ownerOf(claim);
  // The record by which somebody claimed it may be among those that cannot be read, and the list knows.
  if (owner !== null && listedUserId !== null && owner !== listedUserId) throw cause;
  if (lifeId === null && (owner === null || owner !== listedUserId)) throw cause;
}

/**
 * The sessions below it, none of which keeps it from going.
 * @throws INVALID_SESSION_OPERATION
 */
async function childrenOf(
  { runtime, session }: Pick<Removal, 'runtime' | 'session'>,
  seen: Salvage,
): Promise<readonly NamedChild[]> {
  const { tenant, sessionId } = seen.key;
  const children: NamedChild[] = [];
  for (const childId of seen.childIds) {
    const key = { tenant, sessionId: childId };
    // In order: a session may have more children than the queues of a tenant have places.
    const kinship = await kinshipOf({ runtime, session }, seen, key);
    if (kinship === null) continue;
    const { state, isFork } = kinship;
    if (isFork && session.children === 'detach') {
      const reason = 'forks share its history; remove them as well with `children: cascade`';
      throw refusal(session.operation, { sessionId }, reason);
    }
    // Whose the sessions below it are is told apart from whose it is, and of that not enough is certain.
    if (session.children === 'cascade') throw unreadable(session, childId);
    children.push({ key, lifeId: state.lifeId });
  }
  return children;
}

/** What a session that is named as a child is to it; null when it is none any more. */
async function kinshipOf(
  { runtime, session }: Pick<Removal, 'runtime' | 'session'>,
  parent: Salvage,
  child: SessionKey,
): Promise<{ readonly state: SessionState; readonly isFork: boolean } | null> {
  const { sessionId } = parent.key;
  const asked = { key: child, freshness: 'fresh' } as const;
  const state = await runtime.executor.readState(asked).catch((error: unknown) => {
    // A fork cannot be read where what it shares is damaged, or gone.
    if (isBeyondReading(error)) throw unreadable(session, child.sessionId);
    throw error;
  });
  if (state === null) return null;
  const isSameLife = parent.lifeId === null || state.fork?.lifeId === parent.lifeId;
  const isFork = state.fork?.sessionId === sessionId && isSameLife;
  return isFork || state.parentId === sessionId ? { state, isFork } : null;
}

function unreadable({ key, operation }: UnreadableSession, childId: string): Error {
  const { sessionId } = key;
  return refusal(operation, { sessionId }, `it cannot be read; remove its child ${childId} first`);
}
