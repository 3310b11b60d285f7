import { z } from 'zod';
import { InvalidInput, InvalidSessionOperation, SessionNotFound } from '../domain/errors.ts';
import { idSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import { assertOwnerIsId, claimOf, OWNER_NAMES, ownerOf } from '../domain/owner.ts';
import { parseInput } from '../domain/parse.ts';
import type { SessionState } from '../domain/session-state.ts';
import { isGone, matchChildList, readReachable } from '../runtime/child-list.ts';
import { stateOf } from '../runtime/reply-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { newUuid } from '../runtime/system.ts';
import { removeUnwrittenFork } from '../runtime/unwritten-fork.ts';
import { halfDone } from './half-done.ts';
import { refuseCycle } from './hierarchy.ts';
import { requireRoom } from './parent-check.ts';
import { SessionHandle } from './session-handle.ts';

/** Where a fork begins, and what it is called. */
export interface ForkOptions {
  /** It shares everything up to and including this position; the present end when not given. */
  readonly position?: number | undefined;
  /** A fresh UUID when not given. */
  readonly sessionId?: string | undefined;
  /** Laid over the origin's properties. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

const forkSchema = z.strictObject({
  position: z.number().int().positive().optional(),
  sessionId: idSchema.optional(),
  metadata: z.unknown().optional(),
});

/**
 * Creates a session that shares another's history up to a position, without copying it; returns a handle that treats it as
 * the given one treats the origin.
 * @throws SESSION_NOT_FOUND, INVALID_INPUT when the session does not reach the position, SESSION_ALREADY_EXISTS,
 * INVALID_SESSION_OPERATION when it has as many children as it may have, or the fork of a user's session would be nobody's.
 */
export async function forkSession(
  handle: SessionHandle,
  options: ForkOptions,
): Promise<SessionHandle> {
  const { position, sessionId: given, metadata } = parseInput(forkSchema, options, 'options');
  const sessionId = given ?? newUuid();
  const properties = parseJsonObject(metadata, 'options.metadata');
  assertOwnerIsId(properties, 'options.metadata');
  const { runtime, key } = handle;
  const state = await handle.requireState();
  assertReached(state, position);
  assertOwned(state, properties);
  await requireRoom(runtime, state, { operation: 'fork', childId: sessionId });
  const child = { tenant: key.tenant, sessionId };
  // An id that is given may be that of an ancestor that has gone; one that is there is refused for that.
  if (given !== undefined && (await readReachable(runtime.executor, child)) === null)
    await refuseCycle(runtime, { operation: 'fork', parent: key, childId: sessionId });
  const origin = {
    sessionId: key.sessionId,
    lifeId: state.lifeId,
    position: position ?? state.version,
  };
  const session = {
    parentId: key.sessionId,
    fork: origin,
    // What became the user's since that position is the user's in the fork too.
    properties: { ...claimOf(state.properties), ...properties, ...newOwner(state, properties) },
    systemPrompt: null,
    model: handle.model,
  };
  const created = await runtime.executor.execute({
    key: child,
    command: { type: 'create', session },
    options: { wants: { state: true } },
  });
  const fork = stateOf(created);
  const { summarize } = handle;
  const inherited = { ...handle.options, summarize, systemPrompt: null, parentId: null };
  const forked = new SessionHandle({ ...inherited, sessionId, properties: {} }, () => runtime);
  try {
    await secure(runtime, fork);
    // From here on the handle knows that the session is there, so that a deletion elsewhere is final.
    await forked.requireState();
    return forked;
  } catch (error) {
    // An origin that does not know of its fork could be deleted under it.
    const end = await endOf(runtime, fork);
    // Of a fork whose origin is gone nothing can be read, also where others have written to it.
    const isNothingLeft = end === 'gone' || (end === 'written' && isGone(error));
    throw isNothingLeft ? error : halfDone('fork', error);
  }
}

/**
 * A fork may be handed to another user, but not to nobody: it holds what its origin's user said, and whoever came first would be
 * taken for its owner.
 */
function assertOwned({ properties, sessionId }: SessionState, given: JsonObject): void {
  if (ownerOf(properties) === null || ownerOf({ ...properties, ...given }) !== null) return;
  throw new InvalidSessionOperation({
    operation: 'fork',
    reason: 'the session belongs to a user, so a fork of it cannot be nobody’s',
    sessionId,
  });
}

/** A user that metadata name, by every name that says whose the fork is: it would be the origin's user's by another one. */
function newOwner({ properties }: SessionState, given: JsonObject): JsonObject {
  const owner = ownerOf(given);
  if (owner === null) return {};
  const names = OWNER_NAMES.filter((name) => Object.hasOwn({ ...properties, ...given }, name));
  return Object.fromEntries(names.map((name) => [name, owner]));
}

function assertReached({ version }: SessionState, position: number | undefined): void {
  if (position === undefined || position <= version) return;
  throw new InvalidInput({
    field: 'options.position',
    expected: `at most ${version}, the latest position of this session`,
  });
}

/** Makes the origin know of its fork and live as long, and makes sure that it is the origin still. */
async function secure(runtime: Runtime, fork: SessionState): Promise<void> {
  const { tenant, sessionId } = fork;
  await runtime.followUps.linkParent({ tenant, sessionId });
  await runtime.leases.renewNow(fork);
  const originId = fork.fork?.sessionId ?? '';
  const origin = { tenant, sessionId: originId };
  const state = await runtime.executor.readState({ key: origin, freshness: 'fresh' });
  if (state?.lifeId === fork.fork?.lifeId) return;
  throw new SessionNotFound({ sessionId: originId });
}

/** What became of a fork that was to be taken back: it is gone, others have written to it, or nobody knows. */
type ForkEnd = 'gone' | 'written' | 'unknown';

/** Takes a fork back, as far as the store lets it. */
async function endOf(runtime: Runtime, fork: SessionState): Promise<ForkEnd> {
  try {
    return (await isTakenBack(runtime, fork)) ? 'gone' : 'written';
  } catch (error) {
    // The caller is told why there was to be no fork, which is what matters more.
    runtime.warn('RESTORE_FAILED', error);
    return 'unknown';
  }
}

/**
 * Removes the new fork, and nothing that somebody else created under its id since. One that others have written to stays with
 * what they were told is recorded: the reminder of its link makes the origin know of it, should that be there. Returns whether
 * the fork is gone.
 */
async function isTakenBack(
  runtime: Runtime,
  { tenant, sessionId, lifeId, fork }: SessionState,
): Promise<boolean> {
  const { executor, followUps, warn } = runtime;
  // Also while the runtime closes.
  const { store } = followUps;
  const key = { tenant, sessionId };
  const isGoneNow = await removeUnwrittenFork(
    { store, executor },
    key,
    (creation) => creation.lifeId === lifeId,
  );
  if (fork === null) return isGoneNow;
  try {
    await matchChildList(followUps.executor, { child: key, parentId: fork.sessionId });
  } catch (error) {
    // The caller is told why there is no fork, which is what matters more.
    if (!isGone(error)) warn('RESTORE_FAILED', error);
  }
  return isGoneNow;
}
