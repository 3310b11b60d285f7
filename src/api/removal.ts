import { SessionManagerError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { type ChildrenPolicy, hasFork, readState, refusal, unlistChild } from './hierarchy.ts';

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
  if (children === 'cascade') await removeTree(runtime, first, remove);
  else await removeAlone(runtime, first, remove);
}

/** A session that was looked at. */
interface Seen extends RemovalTarget {
  readonly state: SessionState;
}

async function removeAlone(runtime: Runtime, first: Seen, remove: RemoveOne): Promise<void> {
  const { key } = first;
  const links = new CutLinks(runtime, key);
  let seen: Seen | null = first;
  for (let round = 1; round <= REMOVAL_ROUNDS; round += 1) {
    // In order: each look is at what the one before left.
    if (await hasFork(runtime, seen.state)) {
      await links.restore();
      const reason = 'forks share its history; remove them as well with `children: cascade`';
      throw refusal('delete', key, reason);
    }
    await links.cut(seen.state);
    if (await removeSeen(runtime, seen, remove)) return;
    seen = await look(runtime, key);
    // Gone is gone, and one that was created anew is another session.
    if (seen === null || seen.state.lifeId !== first.state.lifeId) return;
  }
  await links.restore();
  throw keepsChanging(key);
}

async function removeTree(runtime: Runtime, root: Seen, remove: RemoveOne): Promise<void> {
  const { tenant, lifeId, sessionId: rootId } = root.state;
  // Each stands behind its parent; the last one is looked at next.
  const pending = [rootId];
  const looks = new Map<string, number>();
  for (let sessionId = pending.at(-1); sessionId !== undefined; sessionId = pending.at(-1)) {
    const key = { tenant, sessionId };
    countLook(looks, key);
    // In order: whoever reads another's log goes before it.
    const seen = await look(runtime, key);
    if (seen === null || (sessionId === rootId && seen.state.lifeId !== lifeId)) {
      pending.pop();
      continue;
    }
    const below = await childrenOf(runtime, seen.state);
    const added = below.filter((id) => !pending.includes(id));
    pending.push(...added);
    if (added.length > 0) continue;
    if (sessionId === rootId) await unlistFromParent(runtime, seen.state);
    if (await removeSeen(runtime, seen, remove)) pending.pop();
  }
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

async function unlistFromParent(runtime: Runtime, state: SessionState): Promise<void> {
  const { tenant, parentId, sessionId } = state;
  if (parentId !== null) await unlistChild(runtime, { tenant, sessionId: parentId }, sessionId);
}

function keepsChanging({ sessionId }: SessionKey): SessionManagerError {
  return new SessionManagerError('Others kept writing to the session while it was to be removed', {
    code: 'SESSION_CONFLICT',
    data: { sessionId },
  });
}
