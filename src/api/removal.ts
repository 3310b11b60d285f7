import { SessionManagerError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { ancestorsOf, type ChildrenPolicy, hasFork, readState, refusal } from './hierarchy.ts';

/** A session at a moment: what is to be removed must still be the same and as long. */
export interface RemovalTarget {
  readonly key: SessionKey;
  readonly incarnation: string;
  readonly version: number;
}

/** Removes a session in the store while it is what the target says; false when it no longer is. */
export type RemoveOne = (target: RemovalTarget) => Promise<boolean>;

/** Looks taken at a session that others keep changing before the removal gives up. */
const REMOVAL_ROUNDS = 64;

/**
 * Removes a session, and with `cascade` everything below it, deepest first; else its children are detached. A fork or a child
 * that is made meanwhile is one more record of its parent, so nobody goes without all of them having been looked at.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when forks still read its log and are not to go with it,
 * SESSION_CONFLICT when others never stop writing to it.
 */
export async function removeSession(
  runtime: Runtime,
  session: { readonly key: SessionKey; readonly children: ChildrenPolicy },
  remove: RemoveOne,
): Promise<void> {
  const { key, children } = session;
  const first = await look(runtime, key);
  if (first === null) throw new SessionNotFound({ sessionId: key.sessionId });
  const links = new CutLinks(runtime, first.state);
  const removal: Removal = { runtime, first, links, remove };
  try {
    await (children === 'cascade' ? removeTree(removal) : removeAlone(removal));
  } catch (error) {
    await restoreLinks(removal);
    throw error;
  }
}

/** Also when nobody knows whether the session went: what is gone is linked by nobody. */
async function restoreLinks({ runtime, links }: Removal): Promise<void> {
  try {
    await links.restore();
  } catch (error) {
    // The caller is told why the removal failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', error);
  }
}

/** A session that was looked at. */
interface Seen extends RemovalTarget {
  readonly state: SessionState;
}

/** A removal under way. */
interface Removal {
  readonly runtime: Runtime;
  readonly first: Seen;
  readonly links: CutLinks;
  readonly remove: RemoveOne;
}

async function removeAlone({ runtime, first, links, remove }: Removal): Promise<void> {
  const { key } = first;
  let seen: Seen | null = first;
  for (let round = 1; round <= REMOVAL_ROUNDS; round += 1) {
    // In order: each look is at what the one before left.
    if (await hasFork(runtime, seen.state)) {
      const reason = 'forks share its history; remove them as well with `children: cascade`';
      throw refusal('delete', key, reason);
    }
    await links.cutParent(seen.state);
    // To be cut off is a record of the session, so it is looked at again before it goes.
    if (seen.state.children.length > 0) await links.cutChildren(seen.state);
    else if (await removeSeen(runtime, seen, remove)) return;
    seen = await look(runtime, key);
    // Gone is gone, and one that was created anew is another session.
    if (seen === null || seen.state.lifeId !== first.state.lifeId) return;
  }
  throw keepsChanging(key);
}

/** A session below the one that is to go, as long as it stays there. */
interface Pending {
  readonly sessionId: string;
  readonly parentId: string | null;
}

async function removeTree(removal: Removal): Promise<void> {
  const { runtime, first, links, remove } = removal;
  const { tenant, sessionId: rootId } = first.state;
  // Each stands behind its parent; the last one is looked at next.
  const pending: Pending[] = [{ sessionId: rootId, parentId: null }];
  const ids = new Set([rootId]);
  const looks = new Map<string, number>();
  for (let next = pending.at(-1); next !== undefined; next = pending.at(-1)) {
    const key = { tenant, sessionId: next.sessionId };
    countLook(looks, key);
    // In order: whoever reads another's log goes before it.
    const seen = await look(runtime, key);
    if (seen === null || !(await isStillThere(removal, next, seen.state))) {
      pending.pop();
      ids.delete(next.sessionId);
      continue;
    }
    const added = (await childrenOf(runtime, seen.state)).filter((id) => !ids.has(id));
    for (const sessionId of added) {
      ids.add(sessionId);
      pending.push({ sessionId, parentId: key.sessionId });
    }
    if (added.length > 0) continue;
    if (next.sessionId === rootId) await links.cutParent(seen.state);
    if (await removeSeen(runtime, seen, remove)) {
      pending.pop();
      ids.delete(next.sessionId);
    }
  }
}

/** Whether a session is where it was found: others may have moved it, or one above it, out of the tree since. */
async function isStillThere(
  { runtime, first }: Removal,
  { parentId }: Pending,
  state: SessionState,
): Promise<boolean> {
  const { sessionId: rootId, lifeId } = first.state;
  if (parentId === null) return state.lifeId === lifeId;
  if (state.parentId !== parentId) return false;
  if (parentId === rootId) return true;
  const ancestors = await ancestorsOf(runtime, state);
  return ancestors.some(({ sessionId }) => sessionId === rootId);
}

function countLook(looks: Map<string, number>, key: SessionKey): void {
  const count = (looks.get(key.sessionId) ?? 0) + 1;
  if (count > REMOVAL_ROUNDS) throw keepsChanging(key);
  looks.set(key.sessionId, count);
}

/** Null when there is no such session. */
async function look(runtime: Runtime, key: SessionKey): Promise<Seen | null> {
  // The length first: a state that is read later holds everything up to it.
  const page = await runtime.store.read({ key, fromPosition: 1, limit: 1 });
  const state = await readState(runtime, key);
  if (page === null || state === null) return null;
  return { key, incarnation: page.incarnation, version: page.version, state };
}

async function removeSeen(
  runtime: Runtime,
  { key, incarnation, version }: Seen,
  remove: RemoveOne,
): Promise<boolean> {
  const isRemoved = await remove({ key, incarnation, version });
  runtime.executor.forget(key);
  return isRemoved;
}

/** Ids of the children that say so themselves. */
async function childrenOf(runtime: Runtime, state: SessionState): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { id: sessionId } of state.children) {
    // In order: a session may have more children than the queues of a tenant have places.
    const child = await readState(runtime, { tenant: state.tenant, sessionId });
    if (child?.parentId === state.sessionId) ids.push(sessionId);
  }
  return ids;
}

function keepsChanging({ sessionId }: SessionKey): SessionManagerError {
  return new SessionManagerError('Others kept writing to the session while it was to be removed', {
    code: 'SESSION_CONFLICT',
    data: { sessionId },
  });
}
