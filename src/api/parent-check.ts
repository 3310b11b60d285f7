import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { haveOtherOwners, OF_DIFFERENT_USERS } from '../domain/owner.ts';
import { MAX_CHILDREN, type SessionState, TOO_MANY_CHILDREN } from '../domain/session-state.ts';
import { matchChildList } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { refusal, refuseCycle, requireState } from './hierarchy.ts';

/** Children that are looked for at once; a session may have more than the queues of a tenant have places. */
const LOOKS = 100;

/**
 * Refuses a parent of a new session that is not there, belongs to another user, has no room for one more, is below the child,
 * or is so deep that nothing may be below it.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION
 */
export async function requireParent(
  runtime: Runtime,
  child: { readonly key: SessionKey; readonly properties: JsonObject },
  parentId: string,
): Promise<void> {
  const { tenant, sessionId: childId } = child.key;
  const parent = { tenant, sessionId: parentId };
  const state = await requireState(runtime, parent);
  // What this process knows will do: nobody names a session that is still to be created but by an id that was used before.
  await refuseCycle(runtime, { operation: 'create', parent, childId }, 'local');
  refuseOtherOwner(state, child.properties, 'create');
  await requireRoom(runtime, state, { operation: 'create', childId });
}

/**
 * Refuses a child that belongs to another user than its parent.
 * @throws INVALID_SESSION_OPERATION
 */
export function refuseOtherOwner(
  parent: SessionState,
  ofChild: JsonObject,
  operation: string,
): void {
  if (!haveOtherOwners(parent.properties, ofChild)) return;
  throw refusal(operation, parent, OF_DIFFERENT_USERS);
}

/**
 * Refuses one more child of a session that has as many as it may have. Those that are gone are taken out of its list first.
 * @throws INVALID_SESSION_OPERATION
 */
export async function requireRoom(
  runtime: Runtime,
  parent: SessionState,
  { operation, childId }: { readonly operation: string; readonly childId: string },
): Promise<void> {
  const { children } = parent;
  if (children.length < MAX_CHILDREN || children.some(({ id }) => id === childId)) return;
  for (let from = 0; from < children.length; from += LOOKS) {
    const ids = children.slice(from, from + LOOKS).map(({ id }) => id);
    // In order: those of one look make room enough, so that the others need no look.
    if (await unlistGone(runtime, parent, ids)) return;
  }
  throw refusal(operation, parent, TOO_MANY_CHILDREN);
}

/** Whether any of the children were gone. */
async function unlistGone(
  { store, executor }: Runtime,
  { tenant, sessionId: parentId }: SessionState,
  ids: readonly string[],
): Promise<boolean> {
  const isUnlisted = await Promise.all(
    ids.map(async (sessionId) => {
      const child = { tenant, sessionId };
      if ((await store.head({ key: child })) !== null) return false;
      // Somebody may create it again under this very parent meanwhile.
      return !(await matchChildList(executor, { child, parentId }));
    }),
  );
  return isUnlisted.includes(true);
}
