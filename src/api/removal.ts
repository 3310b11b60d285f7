import { SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { halfDone } from './half-done.ts';
import { type ChildrenPolicy, hasFork, refusal } from './hierarchy.ts';
import {
  keepsChanging,
  look,
  refuseClaim,
  refuseOutOfReach,
  REMOVAL_ROUNDS,
  type RemovalKind,
  type RemoveOne,
  removeSeen,
  type Seen,
} from './removal-target.ts';
import { TreeRemoval } from './tree-removal.ts';

/**
 * Removes a session, and with `cascade` everything below it, deepest first: what is nobody's, what is the session's user's (of a
 * session of nobody: the user's that the caller names), and every fork. Children that are not to go are detached. A fork or a child that is made meanwhile is one more record of its parent,
 * so nobody goes without all of them having been looked at.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when forks still read its log and are not to go with it, or when it belongs
 * to another user than the caller says, or has content where this runtime cannot get at it, SESSION_CONFLICT when others never stop
 * writing to it.
 */
export async function removeSession(
  runtime: Runtime,
  session: {
    readonly key: SessionKey;
    /** Of the session that is meant, and not of another that took its id. */
    readonly lifeId: string;
    readonly children: ChildrenPolicy;
    readonly claim: JsonObject | null;
    /** What the caller asked for, for refusals. */
    readonly operation: RemovalKind;
  },
  remove: RemoveOne,
): Promise<void> {
  const goesAlong = COMPANIONS[session.children];
  const isThere = await removeIfThere(runtime, { ...session, goesAlong }, remove);
  if (!isThere) throw new SessionNotFound({ sessionId: session.key.sessionId });
}

/**
 * Removes a session and all that share its history, whoever made them; its other children are detached. False when there is
 * no such session.
 * @throws SESSION_CONFLICT when others never stop writing to it.
 */
export function removeWithForks(
  runtime: Runtime,
  key: SessionKey,
  remove: RemoveOne,
): Promise<boolean> {
  return removeIfThere(
    runtime,
    { key, goesAlong: 'forks', claim: null, operation: 'erase' },
    remove,
  );
}

/** Which children go along; the others are detached. */
type Companions = 'none' | 'forks' | 'all';

const COMPANIONS: Readonly<Record<ChildrenPolicy, Companions>> = { detach: 'none', cascade: 'all' };

async function removeIfThere(
  runtime: Runtime,
  session: {
    readonly key: SessionKey;
    /** Any session of the key when not given. */
    readonly lifeId?: string;
    readonly goesAlong: Companions;
    readonly claim: JsonObject | null;
    readonly operation: RemovalKind;
  },
  remove: RemoveOne,
): Promise<boolean> {
  const { key, goesAlong, claim, operation } = session;
  const first = await look(runtime, key);
  const { lifeId = first?.state.lifeId } = session;
  if (first === null || first.state.lifeId !== lifeId) return false;
  const links = new CutLinks(runtime, remove.leaveOpen);
  try {
    const removal = { runtime, root: first, claim, operation, links, remove };
    if (goesAlong === 'none') await removeAlone(removal);
    else await new TreeRemoval({ ...removal, goesAlong }).run();
    await links.settleParents(key.sessionId);
    await links.settleOpen();
    return true;
  } catch (error) {
    throw (await areRestored(runtime, key, links)) ? error : halfDone(operation, error);
  }
}

/** Also when nobody knows whether the session went: what is gone is linked by nobody. */
async function areRestored(runtime: Runtime, key: SessionKey, links: CutLinks): Promise<boolean> {
  try {
    await links.restore();
    return true;
  } catch (error) {
    // The caller is told why the removal failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', error, key);
    return false;
  }
}

async function removeAlone(removal: {
  readonly runtime: Runtime;
  readonly root: Seen;
  readonly claim: JsonObject | null;
  readonly operation: RemovalKind;
  readonly links: CutLinks;
  readonly remove: RemoveOne;
}): Promise<void> {
  const { runtime, root, claim, operation, links, remove } = removal;
  const { key } = root;
  let seen: Seen | null = root;
  for (let round = 1; round <= REMOVAL_ROUNDS; round += 1) {
    const { state }: Seen = seen;
    refuseClaim(state, claim);
    refuseOutOfReach(runtime, state, operation);
    // In order: each look is at what the one before left.
    if (await hasFork(runtime, state)) {
      const reason = 'forks share its history; remove them as well with `children: cascade`';
      throw refusal(operation, key, reason);
    }
    await links.noteParent(state);
    // In order: a session may have more children than the queues of a tenant have places.
    for (const { id } of state.children) await links.cutChild(state, id);
    // To be cut off is a record of the session, so it is looked at again before it goes.
    const left = await links.childrenToCut(state);
    if (left.length === 0 && (await removeSeen(runtime, seen, remove))) return;
    seen = await look(runtime, key);
    // Gone is gone, and one that was created anew is another session.
    if (seen === null || seen.state.lifeId !== root.state.lifeId) return;
  }
  throw keepsChanging(key);
}
