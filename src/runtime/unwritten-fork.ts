import type { Executor } from '../actors/envelope.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { decodeRecord } from '../store/codec.ts';
import type { Store } from '../store/store.ts';
import { readReachable } from './child-list.ts';
import { isUnreadable } from './unreadable.ts';

/** A fork inherits its prompt, so that it begins with the record of its creation alone. */
const NEW_FORK_RECORDS = 1;

/** What a new fork is read and removed with. */
interface UnwrittenForkParts {
  readonly store: Store;
  readonly executor: Executor;
}

type Creation = Extract<LogEvent, { readonly type: 'session-created' }>;

/**
 * Removes a fork that nobody has written to since it was created, if its creation is what is meant. False when somebody has: what they
 * were told is recorded stays.
 */
export async function removeUnwrittenFork(
  { store, executor }: UnwrittenForkParts,
  key: SessionKey,
  isMeant: (creation: Creation) => boolean | Promise<boolean>,
): Promise<boolean> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  const first = page?.records[0];
  const created = first === undefined ? null : decodeRecord(first, 1);
  if (page === null || created?.type !== 'session-created' || !(await isMeant(created)))
    return true;
  const { incarnation } = page;
  try {
    return await store.remove({ key, incarnation, version: NEW_FORK_RECORDS });
  } finally {
    // Also where nobody knows whether it went.
    executor.forget(key);
  }
}

/**
 * Removes a fork whose origin went before it knew of it, in a call that nobody was told the success of. Nobody can read it, and nobody
 * else would take it away. What cannot be decoded stays, since it does not say whether it is one.
 */
export async function removeOrphan(parts: UnwrittenForkParts, key: SessionKey): Promise<void> {
  const isOrphan = async ({ fork }: Creation): Promise<boolean> => {
    if (fork === null) return false;
    const origin = { tenant: key.tenant, sessionId: fork.sessionId };
    return (await readReachable(parts.executor, origin))?.lifeId !== fork.lifeId;
  };
  try {
    await removeUnwrittenFork(parts, key, isOrphan);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
}
