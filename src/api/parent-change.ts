import { SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { isGone, isRefused, replaceParent } from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isAbove, readState, refusal, refuseCycle, requireState } from './hierarchy.ts';
import { refuseOtherOwner, requireRoom } from './parent-check.ts';

/** Moves of a child by others before a link is given up. */
const ROUNDS = 64;

/**
 * Makes one existing session the child of another, on both sides; a child of somebody else moves.
 * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when the child is an ancestor of the parent, a fork of another session
 * than the parent, or of another user than the parent or the caller, or the parent has too many; the child keeps the parent it
 * had then.
 */
export async function linkChild(
  runtime: Runtime,
  { key: parent, claim }: { readonly key: SessionKey; readonly claim: JsonObject | null },
  childId: string,
): Promise<void> {
  const child = { tenant: parent.tenant, sessionId: childId };
  const parentId = parent.sessionId;
  const link = { operation: 'addChild', parent, childId };
  const state = await requireState(runtime, parent);
  const { properties, fork } = await requireState(runtime, child);
  await refuseCycle(runtime, link);
  if (fork?.sessionId !== parentId) refuseOtherOwner(state, properties, 'addChild');
  await requireRoom(runtime, state, link);
  const former = await nameParent(runtime, { child, parent, claim });
  try {
    await runtime.followUps.matchList({ child, parentId });
    // Again: another link may have been made meanwhile that closes a circle together with this one.
    await refuseCycle(runtime, link);
  } catch (error) {
    await undo(runtime, { child, parentId, former }, error);
    throw error;
  }
  if (typeof former === 'string') await runtime.followUps.matchList({ child, parentId: former });
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
  const parentId = parent.sessionId;
  const state = await readState(runtime, child);
  if (state?.parentId === parentId) {
    refuseFork(state.fork, { operation: 'removeChild', parent });
    await replaceParent(runtime.executor, child, { from: parentId, to: null });
  }
  await runtime.followUps.matchList({ child, parentId });
}

/**
 * Has a session that names the parent `from` name a former one again, on both sides; none where that one is gone, full or
 * below the session by now. Nothing happens when others gave the session another parent.
 */
export async function restoreParent(
  runtime: Runtime,
  child: SessionKey,
  change: { readonly from: string | null; readonly to: string | null },
): Promise<void> {
  const { executor } = runtime;
  const to = change.to !== null && (await isFit(runtime, child, change.to)) ? change.to : null;
  if (!(await replaceParent(executor, child, { from: change.from, to })) || to === null) return;
  if (await isHeld(runtime, child, to)) return;
  await replaceParent(executor, child, { from: to, to: null });
  await runtime.followUps.matchList({ child, parentId: to });
}

/** The parent that is replaced by another one; undefined when the session names that one already. */
async function nameParent(
  runtime: Runtime,
  link: {
    readonly child: SessionKey;
    readonly parent: SessionKey;
    readonly claim: JsonObject | null;
  },
): Promise<string | null | undefined> {
  const { child, parent, claim } = link;
  const parentId = parent.sessionId;
  let state = await requireState(runtime, child);
  for (let round = 1; round <= ROUNDS; round += 1) {
    refuseFork(state.fork, { operation: 'addChild', parent });
    const { parentId: from } = state;
    if (from === parentId) return undefined;
    const command = { type: 'set-parent', parentId, from } as const;
    // In order: the parent that is replaced has to be known, and others may name one as well.
    const reply = await runtime.executor.execute({ key: child, command, options: { claim } });
    if (reply.kind === 'committed') return from;
    state = reply.state;
  }
  throw new SessionManagerError('Others kept moving the session while it was to be linked', {
    code: 'SESSION_CONFLICT',
    data: { sessionId: child.sessionId },
  });
}

async function undo(
  runtime: Runtime,
  link: {
    readonly child: SessionKey;
    readonly parentId: string;
    readonly former: string | null | undefined;
  },
  reason: unknown,
): Promise<void> {
  const { child, parentId, former } = link;
  // A link that was there before stays, unless it leads nowhere.
  if (former === undefined && !isGone(reason)) return;
  const { followUps } = runtime;
  // Also while the runtime closes.
  const undoing = { ...runtime, executor: followUps.executor };
  try {
    await restoreParent(undoing, child, { from: parentId, to: former ?? null });
    for (const id of [parentId, former]) {
      // In order: both are changes of what the same reminders are about.
      if (typeof id === 'string') await followUps.matchList({ child, parentId: id });
    }
  } catch (error) {
    // The caller is told why the link failed, which is what matters more.
    runtime.warn('RESTORE_FAILED', error);
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
