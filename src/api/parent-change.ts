import { SessionManagerError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { SessionState } from '../domain/session-state.ts';
import { isGone, isRefused, type ParentLink, replaceParent } from '../runtime/child-list.ts';
import { stateOf } from '../runtime/reply-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { halfDone } from './half-done.ts';
import { isAbove, readState, refusal, refuseCycle, requireState } from './hierarchy.ts';
import { refuseOtherOwner, requireRoom } from './parent-check.ts';

/** Moves of a child by others before a link is given up. */
const ROUNDS = 64;

/** A session that is to get a child, or to lose one. */
interface MeantParent {
  readonly key: SessionKey;
  /** Its life, where the caller knows it. */
  readonly lifeId: string | undefined;
}

/**
 * Makes one existing session the child of another, on both sides; a child of somebody else moves.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when the child is an ancestor of the parent, a fork of another session
 * than the parent, or of another user than the parent or the caller, or the parent has too many; the child keeps the parent it
 * had then.
 */
export async function linkChild(
  runtime: Runtime,
  { key: parent, lifeId, claim }: MeantParent & { readonly claim: JsonObject | null },
  childId: string,
): Promise<void> {
  const child = { tenant: parent.tenant, sessionId: childId };
  const parentId = parent.sessionId;
  const link = { operation: 'addChild', parent, childId };
  const state = await requireMeant(runtime, { key: parent, lifeId });
  const { properties, fork, lifeId: childLifeId } = await requireState(runtime, child);
  await refuseCycle(runtime, link);
  if (fork?.sessionId !== parentId) refuseOtherOwner(state, properties, 'addChild');
  await requireRoom(runtime, state, link);
  const former = await nameParent(runtime, { child, childLifeId, parent, claim });
  try {
    await runtime.followUps.matchList({ child, parentId, parentLifeId: state.lifeId });
    // Again: another link may have been made meanwhile that closes a circle together with this one.
    await refuseCycle(runtime, link);
  } catch (error) {
    const made = { child, childLifeId, parentId, former };
    throw (await isUndone(runtime, made, error)) ? error : halfDone('addChild', error);
  }
  if (typeof former === 'string') await followParent(runtime, { child, parentId: former });
}

/**
 * Ends the link between a session and its child, on both sides; none is fine.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when the child is a fork, which needs its origin.
 */
export async function unlinkChild(
  runtime: Runtime,
  { key: parent, lifeId }: MeantParent,
  childId: string,
): Promise<void> {
  const { lifeId: parentLifeId } = await requireMeant(runtime, { key: parent, lifeId });
  const child = { tenant: parent.tenant, sessionId: childId };
  const parentId = parent.sessionId;
  const state = await readState(runtime, child);
  if (state?.parentId === parentId) {
    refuseFork(state.fork, { operation: 'removeChild', parent });
    const change = { from: parentId, to: null, lifeId: state.lifeId };
    if (await replaceParent(runtime.executor, child, change))
      return followParent(runtime, { child, parentId, parentLifeId });
  }
  await runtime.followUps.matchList({ child, parentId, parentLifeId });
}

/**
 * Makes the list of a parent that a child no longer names follow; what fails is left to the reminder that the child holds.
 * @throws SESSION_NOT_FOUND when the parent that is meant is gone.
 */
async function followParent(runtime: Runtime, link: ParentLink): Promise<void> {
  try {
    await runtime.followUps.matchList(link);
  } catch (error) {
    if (isGone(error)) throw error;
    runtime.warn('FOLLOW_UP_FAILED', error, link.child);
  }
}

async function requireMeant(runtime: Runtime, { key, lifeId }: MeantParent): Promise<SessionState> {
  const state = await requireState(runtime, key);
  if (state.lifeId === (lifeId ?? state.lifeId)) return state;
  throw new SessionNotFound({ sessionId: key.sessionId });
}

/**
 * Has a session that names the parent `from` name a former one again, on both sides; none where that one is gone, full or
 * below the session by now. Nothing happens when others gave the session another parent.
 */
export async function restoreParent(
  runtime: Runtime,
  child: SessionKey,
  change: {
    readonly from: string | null;
    readonly to: string | null;
    /** The life of the session that is meant; any when not given. */
    readonly lifeId?: string;
  },
): Promise<void> {
  const { executor } = runtime;
  const to = change.to !== null && (await isFit(runtime, child, change.to)) ? change.to : null;
  if (!(await replaceParent(executor, child, { ...change, to })) || to === null) return;
  if (await isHeld(runtime, child, to)) return;
  await replaceParent(executor, child, { ...change, from: to, to: null });
  await runtime.followUps.matchList({ child, parentId: to });
}

/** The parent that is replaced by another one; undefined when the session names that one already. */
async function nameParent(
  runtime: Runtime,
  link: {
    readonly child: SessionKey;
    readonly childLifeId: string;
    readonly parent: SessionKey;
    readonly claim: JsonObject | null;
  },
): Promise<string | null | undefined> {
  const { child, childLifeId: lifeId, parent, claim } = link;
  const parentId = parent.sessionId;
  let state = await requireState(runtime, child);
  for (let round = 1; round <= ROUNDS; round += 1) {
    refuseFork(state.fork, { operation: 'addChild', parent });
    const { parentId: from } = state;
    if (from === parentId) return undefined;
    const command = { type: 'set-parent', parentId, from } as const;
    // In order: the parent that is replaced has to be known, and others may name one as well.
    const reply = await runtime.executor.execute({
      key: child,
      command,
      options: { claim, lifeId, wants: { state: true } },
    });
    if (reply.kind === 'committed') return from;
    state = stateOf(reply);
  }
  throw new SessionManagerError('Others kept moving the session while it was to be linked', {
    code: 'SESSION_CONFLICT',
    data: { sessionId: child.sessionId },
  });
}

/** Whether the link is as it was before. */
async function isUndone(
  runtime: Runtime,
  link: {
    readonly child: SessionKey;
    readonly childLifeId: string;
    readonly parentId: string;
    readonly former: string | null | undefined;
  },
  reason: unknown,
): Promise<boolean> {
  const { child, childLifeId: lifeId, parentId, former } = link;
  // A link that was there before stays, unless it leads nowhere.
  if (former === undefined && !isGone(reason)) return true;
  const { followUps } = runtime;
  // Also while the runtime closes.
  const undoing = { ...runtime, executor: followUps.executor };
  try {
    await restoreParent(undoing, child, { from: parentId, to: former ?? null, lifeId });
    for (const id of [parentId, former]) {
      // In order: both are changes of what the same reminders are about.
      if (typeof id === 'string') await followUps.matchList({ child, parentId: id });
    }
    return true;
  } catch (error) {
    // The caller is told why the link failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', error);
    return false;
  }
}

async function isFit(runtime: Runtime, child: SessionKey, parentId: string): Promise<boolean> {
  const parent = { tenant: child.tenant, sessionId: parentId };
  return !(await isAbove(runtime, child.sessionId, parent));
}

/** Whether a parent that a session names again lists it, and is not below it. */
async function isHeld(runtime: Runtime, child: SessionKey, parentId: string): Promise<boolean> {
  try {
    await runtime.followUps.matchList({ child, parentId });
  } catch (error) {
    if (!isGone(error) && !isRefused(error)) throw error;
    return false;
  }
  return isFit(runtime, child, parentId);
}

function refuseFork(
  fork: { readonly sessionId: string } | null,
  {
    operation,
    parent,
  }: { readonly operation: 'addChild' | 'removeChild'; readonly parent: SessionKey },
): void {
  const isStuck =
    operation === 'addChild'
      ? fork?.sessionId !== parent.sessionId
      : fork?.sessionId === parent.sessionId;
  if (fork === null || !isStuck) return;
  throw refusal(operation, parent, 'a fork stays with the session whose history it shares');
}
