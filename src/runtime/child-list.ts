import type { CallOptions, Executor, Freshness } from '../actors/envelope.ts';
import { PagefoldError, SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { ownerOf } from '../domain/owner.ts';
import type { SessionState } from '../domain/session-state.ts';

/** A session, and another that is or was its parent. */
export interface ParentLink {
  readonly child: SessionKey;
  readonly parentId: string;
  /** The life of the parent that is meant, where that is known: another session that took its id since is not it. */
  readonly parentLifeId?: string;
}

/** Changes of a child that others make while its parent's list follows, before that is given up. */
const ROUNDS = 64;

/**
 * Makes the list of a parent say what the child says, and returns whether it is listed now. Whoever has a child name another
 * parent, or removes it, calls this afterwards for each parent concerned. The child is asked again after the list was
 * written, so that of several who do this at the same time the last one leaves what is true.
 * @throws SESSION_NOT_FOUND when the child names the parent and that is gone, INVALID_SESSION_OPERATION when it names one whose
 * list is full or that belongs to another user, SESSION_CONFLICT when others never stop moving the child.
 */
export async function matchChildList(executor: Executor, link: ParentLink): Promise<boolean> {
  let child = await readReachable(executor, link.child);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const isNamed = child?.parentId === link.parentId;
    // In order: what the child says after the list was written is what counts.
    if (child !== null && isNamed) await listChild(executor, child, link);
    else await unlistChild(executor, link);
    child = await readReachable(executor, link.child);
    if ((child?.parentId === link.parentId) === isNamed) return isNamed;
  }
  throw new SessionManagerError('Others kept moving the session while its link was made', {
    code: 'SESSION_CONFLICT',
    data: { sessionId: link.child.sessionId },
  });
}

/** Takes a child out of the list of a parent; neither has to be there. */
async function unlistChild(executor: Executor, link: ParentLink): Promise<void> {
  const command = { type: 'unlink-child', childId: link.child.sessionId } as const;
  try {
    await executor.execute({ key: parentOf(link), command, options: lifeOptions(link) });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Has a session name another parent, or none, unless it has another one than `from` by now; the lists of the parents are left
 * as they are, with a reminder that they have to follow. False when nothing changed: the session has another parent, or is
 * gone.
 */
export async function replaceParent(
  executor: Executor,
  child: SessionKey,
  change: {
    readonly from: string | null;
    readonly to: string | null;
    /** The life of the session that is meant; any when not given. */
    readonly lifeId?: string;
  },
): Promise<boolean> {
  const { from, to, lifeId } = change;
  const options = lifeId === undefined ? {} : { lifeId };
  const command = { type: 'set-parent', parentId: to, from } as const;
  try {
    return (await executor.execute({ key: child, command, options })).kind === 'committed';
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** What a session is now; null when it is not there, or when a fork cannot be read because its origin is gone. */
export async function readReachable(
  executor: Executor,
  key: SessionKey,
  freshness: Freshness = 'fresh',
): Promise<SessionState | null> {
  try {
    return await executor.readState({ key, freshness });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Whether an error says that a session is not there. */
export function isGone(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'SESSION_NOT_FOUND';
}

/** Whether an error says that what a session is does not allow the operation. */
export function isRefused(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'INVALID_SESSION_OPERATION';
}

async function listChild(executor: Executor, child: SessionState, link: ParentLink): Promise<void> {
  const { sessionId: childId, fork, properties } = child;
  const isFork = fork?.sessionId === link.parentId;
  const command = { type: 'link-child', childId, isFork, owner: ownerOf(properties) } as const;
  // Somebody else's conversation may have the origin's id by now.
  const options = isFork ? { lifeId: fork.lifeId } : lifeOptions(link);
  await executor.execute({ key: parentOf(link), command, options });
}

function lifeOptions({ parentLifeId }: ParentLink): CallOptions {
  return parentLifeId === undefined ? {} : { lifeId: parentLifeId };
}

function parentOf({ child, parentId }: ParentLink): SessionKey {
  return { tenant: child.tenant, sessionId: parentId };
}
