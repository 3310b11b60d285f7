import { SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CutLinks } from './cut-links.ts';
import { type ChildrenPolicy, hasFork, refusal } from './hierarchy.ts';
import {
  keepsChanging,
  look,
  REMOVAL_ROUNDS,
  type RemoveOne,
  removeSeen,
  type Seen,
} from './removal-target.ts';
import { TreeRemoval } from './tree-removal.ts';

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
  const isThere = await removeIfThere(runtime, { key, goesAlong: COMPANIONS[children] }, remove);
  if (!isThere) throw new SessionNotFound({ sessionId: key.sessionId });
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
  return removeIfThere(runtime, { key, goesAlong: 'forks' }, remove);
}

/** Which children go along; the others are detached. */
type Companions = 'none' | 'forks' | 'all';

const COMPANIONS: Readonly<Record<ChildrenPolicy, Companions>> = { detach: 'none', cascade: 'all' };

async function removeIfThere(
  runtime: Runtime,
  { key, goesAlong }: { readonly key: SessionKey; readonly goesAlong: Companions },
  remove: RemoveOne,
): Promise<boolean> {
  const first = await look(runtime, key);
  if (first === null) return false;
  const links = new CutLinks(runtime, first.state);
  try {
    if (goesAlong === 'none') await removeAlone({ runtime, first, links, remove });
    else await new TreeRemoval({ runtime, root: first, goesAlong, links, remove }).run();
    return true;
  } catch (error) {
    await restoreLinks(runtime, key, links);
    throw error;
  }
}

/** Also when nobody knows whether the session went: what is gone is linked by nobody. */
async function restoreLinks(runtime: Runtime, key: SessionKey, links: CutLinks): Promise<void> {
  try {
    await links.restore();
  } catch (error) {
    // The caller is told why the removal failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', error, key);
  }
}

async function removeAlone(removal: {
  readonly runtime: Runtime;
  readonly first: Seen;
  readonly links: CutLinks;
  readonly remove: RemoveOne;
}): Promise<void> {
  const { runtime, first, links, remove } = removal;
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
