import { SessionAlreadyExists } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import {
  isGone,
  isRefused,
  matchChildList,
  readReachable,
  replaceParent,
} from '../runtime/child-list.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { halfDone } from './half-done.ts';
import { isAbove, refusal } from './hierarchy.ts';
import { afterTakingBack, type ImportedLog, takeBackImport } from './import-undo.ts';

/**
 * Makes the links of a session that was written whole. Others may have been told by then that it is there, so it stays when that
 * fails, and a repeated import makes them; but not a fork whose origin is gone or does not take it, where that fails for everybody.
 */
export async function settleWritten(
  runtime: Runtime,
  log: ImportedLog & { readonly state: SessionState; readonly isShared: boolean },
): Promise<void> {
  const { key, state } = log;
  try {
    await settle(runtime, state);
  } catch (error) {
    if (log.isShared || !isFinal(error)) throw halfDone('importSession', error);
    throw await afterTakingBack(runtime, error, async () => {
      const isTakenBack = await takeBackImport(runtime, log);
      const { parentId } = state;
      // The parent may have listed it already, and its reminder went with it.
      if (parentId !== null)
        await matchChildList(runtime.followUps.executor, { child: key, parentId });
      return isTakenBack;
    });
  }
}

/** Whether an import meets the same error whoever repeats it. */
function isFinal(error: unknown): boolean {
  return isGone(error) || isRefused(error);
}

/** The refusal of a session that is there as a whole, once its links are made: an earlier import may have stopped before that. */
export async function thereAlready(
  runtime: Runtime,
  key: SessionKey,
  importedRecords: number,
): Promise<SessionAlreadyExists> {
  const state = await readReachable(runtime.executor, key);
  if (state !== null) await settle(runtime, state);
  return new SessionAlreadyExists({ sessionId: key.sessionId, importedRecords });
}

async function settle(runtime: Runtime, imported: SessionState): Promise<void> {
  await settleLinks(runtime, imported);
  await runtime.leases.renewNow(imported);
}

/** What the records say of relatives was true elsewhere, or at another time. */
async function settleLinks(runtime: Runtime, imported: SessionState): Promise<void> {
  const { executor } = runtime;
  const { tenant, sessionId, children } = imported;
  const key = { tenant, sessionId };
  await endCircle(runtime, imported);
  await linkOrEnd(runtime, imported);
  for (const { id: childId } of children) {
    // In order: a session may have more children than the queues of a tenant have places.
    const child = { tenant: key.tenant, sessionId: childId };
    const state = await readReachable(executor, child);
    if (state?.parentId === key.sessionId) continue;
    await executor.execute({ key, command: { type: 'unlink-child', childId } });
  }
}

/** A parent that does not take the session is its parent no longer; an origin has to. */
async function linkOrEnd(
  { followUps }: Runtime,
  { tenant, sessionId, parentId, fork }: SessionState,
): Promise<void> {
  try {
    await followUps.linkParent({ tenant, sessionId });
  } catch (error) {
    if (!isRefused(error) || fork?.sessionId === parentId) throw error;
  }
}

/** A session that is above its parent by now is a child of it no longer. */
async function endCircle(
  runtime: Runtime,
  { tenant, sessionId, parentId, fork }: SessionState,
): Promise<void> {
  if (parentId === null) return;
  const key = { tenant, sessionId };
  if (!(await isAbove(runtime, sessionId, { tenant, sessionId: parentId }))) return;
  if (fork?.sessionId === parentId)
    throw refusal('importSession', key, 'a session cannot be its own ancestor');
  await replaceParent(runtime.followUps.executor, key, { from: parentId, to: null });
}
