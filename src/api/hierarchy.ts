import { InvalidSessionOperation, PagefoldError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What may become of the children of a session that goes away. */
export const CHILDREN_POLICIES = ['detach', 'cascade'] as const;
/** One of `CHILDREN_POLICIES`. */
export type ChildrenPolicy = (typeof CHILDREN_POLICIES)[number];

/** Longer chains of parents are refused, and walks stop there. */
const MAX_ANCESTORS = 1000;

interface Link {
  readonly childId: string;
  readonly parentId: string;
}

/** The states of the parents, nearest first; stops at one that is missing, and at a cycle should a store hold one. */
export async function ancestorsOf(
  runtime: Runtime,
  key: SessionKey,
): Promise<readonly SessionState[]> {
  const states: SessionState[] = [];
  const seen = new Set([key.sessionId]);
  let state = await readState(runtime, key);
  for (;;) {
    const parentId = state?.parentId ?? null;
    if (parentId === null || seen.has(parentId) || states.length >= MAX_ANCESTORS) return states;
    seen.add(parentId);
    // In order: only a parent knows its own parent.
    state = await readState(runtime, { tenant: key.tenant, sessionId: parentId });
    if (state !== null) states.push(state);
  }
}

/** The states of all descendants, depth first, the last child of each before its siblings; missing ones are skipped. */
export async function descendantsOf(
  runtime: Runtime,
  key: SessionKey,
): Promise<readonly SessionState[]> {
  const root = await readState(runtime, key);
  const states: SessionState[] = [];
  const seen = new Set([key.sessionId]);
  const pending = root === null ? [] : childLinks(root);
  for (let link = pending.pop(); link !== undefined; link = pending.pop()) {
    if (seen.has(link.childId)) continue;
    // In order: a child names the next ones to visit.
    const state = await readState(runtime, { tenant: key.tenant, sessionId: link.childId });
    // A child's own word is the truth; a list of children may be behind it.
    if (state === null || state.parentId !== link.parentId) continue;
    seen.add(link.childId);
    states.push(state);
    pending.push(...childLinks(state));
  }
  return states;
}

/**
 * Makes one existing session the child of another, on both sides; a child of somebody else moves.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when the child is an ancestor of the parent, or a fork of another
 * session than the parent.
 */
export async function linkChild(
  runtime: Runtime,
  parent: SessionKey,
  childId: string,
): Promise<void> {
  const child = { tenant: parent.tenant, sessionId: childId };
  await requireState(runtime, parent);
  const state = await requireState(runtime, child);
  if (state.fork !== null && state.fork.sessionId !== parent.sessionId) {
    throw refusal('addChild', parent, 'a fork stays with the session whose history it shares');
  }
  await refuseCycle(runtime, parent, childId);
  const parentId = parent.sessionId;
  await runtime.executor.execute({ key: child, command: { type: 'set-parent', parentId } });
  try {
    // Again: another link may have been made meanwhile that closes a circle together with this one.
    await refuseCycle(runtime, parent, childId);
  } catch (error) {
    await replaceParent(runtime, child, { from: parentId, to: state.parentId });
    throw error;
  }
  await registerChild(runtime, child, { from: parentId, to: state.parentId });
  if (state.parentId === null || state.parentId === parent.sessionId) return;
  await unlistChild(runtime, { tenant: parent.tenant, sessionId: state.parentId }, childId);
}

/** A child must not name a parent whose list is full; it goes back to the one it had. */
async function registerChild(
  runtime: Runtime,
  child: SessionKey,
  back: Parameters<typeof replaceParent>[2],
): Promise<void> {
  try {
    await runtime.followUps.linkParent(child);
  } catch (error) {
    if (PagefoldError.isInstance(error) && error.code === 'INVALID_SESSION_OPERATION')
      await replaceParent(runtime, child, back);
    throw error;
  }
}

/**
 * Ends the link between a session and its child, on both sides; none is fine.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when the child is a fork, which needs its origin.
 */
export async function unlinkChild(
  runtime: Runtime,
  parent: SessionKey,
  childId: string,
): Promise<void> {
  await requireState(runtime, parent);
  const child = { tenant: parent.tenant, sessionId: childId };
  const state = await readState(runtime, child);
  if (state?.parentId === parent.sessionId) {
    if (state.fork?.sessionId === parent.sessionId) {
      throw refusal('removeChild', parent, 'a fork stays with the session whose history it shares');
    }
    await replaceParent(runtime, child, { from: parent.sessionId, to: null });
  }
  await unlistChild(runtime, parent, childId);
}

/** Whether a session shares the history of the given one. */
export async function hasFork(runtime: Runtime, origin: SessionState): Promise<boolean> {
  const { tenant, sessionId } = origin;
  for (const { id, isFork } of origin.children) {
    if (!isFork) continue;
    // In order: nearly always the first one is there. One that expired is not.
    const state = await readState(runtime, { tenant, sessionId: id });
    if (state?.fork?.sessionId === sessionId && state.fork.lifeId === origin.lifeId) return true;
  }
  return false;
}

/**
 * Has a session name another parent, or none, unless it has another one than `from` by now; the parents' lists are left as
 * they are.
 */
export async function replaceParent(
  runtime: Runtime,
  child: SessionKey,
  change: { readonly from: string | null; readonly to: string | null },
): Promise<void> {
  const command = { type: 'set-parent', parentId: change.to, from: change.from } as const;
  await runtime.executor.execute({ key: child, command });
}

/** Takes a child out of the list of a parent; neither has to be there. */
export async function unlistChild(
  runtime: Runtime,
  parent: SessionKey,
  childId: string,
): Promise<void> {
  if ((await readState(runtime, parent)) === null) return;
  await runtime.executor.execute({ key: parent, command: { type: 'unlink-child', childId } });
}

async function refuseCycle(runtime: Runtime, parent: SessionKey, childId: string): Promise<void> {
  const ancestors = await ancestorsOf(runtime, parent);
  const isCycle =
    childId === parent.sessionId || ancestors.some((state) => state.sessionId === childId);
  if (!isCycle && ancestors.length < MAX_ANCESTORS) return;
  throw refusal(
    'addChild',
    parent,
    isCycle
      ? 'a session cannot be its own ancestor'
      : `at most ${MAX_ANCESTORS} ancestors are allowed`,
  );
}

/** The refusal of an operation that the links of a session do not allow. */
export function refusal(
  operation: string,
  key: SessionKey,
  reason: string,
): InvalidSessionOperation {
  return new InvalidSessionOperation({ operation, reason, sessionId: key.sessionId });
}

function childLinks({ sessionId, children }: SessionState): Link[] {
  return children.map((child) => ({ childId: child.id, parentId: sessionId }));
}

/** What a session is now; null when it is not there. */
export function readState(runtime: Runtime, key: SessionKey): Promise<SessionState | null> {
  return runtime.executor.readState({ key, freshness: 'fresh' });
}

async function requireState(runtime: Runtime, key: SessionKey): Promise<SessionState> {
  const state = await readState(runtime, key);
  if (state === null) throw new SessionNotFound({ sessionId: key.sessionId });
  return state;
}
