import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { EraseReceipt, EraseScope } from '../store/store.ts';
import { readState, replaceParent, unlistChild } from './hierarchy.ts';

/** Whose data to erase: everything of a user, or of a whole tenant. */
export type OwnerScope = Exclude<EraseScope, { readonly kind: 'session' }>;

const PAGE_SESSIONS = 100;

/**
 * Erases everything in a scope. What of it relatives of others know is cleaned up: parents forget the children, children the
 * parents. Forks of a user's sessions go too, whoever made them, since what they share is the user's.
 */
export async function eraseOwned(runtime: Runtime, scope: OwnerScope): Promise<EraseReceipt> {
  const forks = scope.kind === 'user' ? await eraseForks(runtime, scope) : [];
  const rest = await runtime.store.erase({ scope });
  runtime.executor.forgetTenant(scope.tenant);
  return forks.reduce(addReceipt, rest);
}

async function eraseForks(
  runtime: Runtime,
  scope: Extract<OwnerScope, { readonly kind: 'user' }>,
): Promise<readonly EraseReceipt[]> {
  const { tenant, userId } = scope;
  const receipts: EraseReceipt[] = [];
  let cursor: { readonly cursor?: string } = {};
  for (;;) {
    // In order: a page names where the next one begins, and links change one at a time.
    const page = await runtime.store.list({
      tenant,
      userId,
      order: 'created',
      limit: PAGE_SESSIONS,
      ...cursor,
    });
    for (const { key } of page.heads) {
      for (const fork of await cutOff(runtime, key))
        receipts.push(await runtime.store.erase({ scope: { kind: 'session', key: fork } }));
    }
    if (page.cursor === null) return receipts;
    cursor = { cursor: page.cursor };
  }
}

interface Sharer {
  readonly key: SessionKey;
  /** Whose history it shares; null where that does not matter. */
  readonly originId: string | null;
}

/** Cuts a session and all that share its history off from everybody else; returns those others, deepest first. */
async function cutOff(runtime: Runtime, root: SessionKey): Promise<readonly SessionKey[]> {
  const forks: SessionKey[] = [];
  const pending: Sharer[] = [{ key: root, originId: null }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { key, originId } = next;
    // In order: a session names its forks.
    const state = await runtime.executor.readState({ key, freshness: 'fresh' });
    if (state === null) continue;
    if (originId !== null && state.fork?.sessionId !== originId) continue;
    if (originId !== null) forks.unshift(key);
    pending.push(...(await cutOffOne(runtime, key, state)));
  }
  return forks;
}

async function cutOffOne(
  runtime: Runtime,
  key: SessionKey,
  state: SessionState,
): Promise<readonly Sharer[]> {
  const { tenant, parentId, children } = state;
  if (parentId !== null) await unlistChild(runtime, { tenant, sessionId: parentId }, key.sessionId);
  for (const { id: sessionId, isFork } of children) {
    // In order: a session may have more children than the queues of a tenant have places.
    if (!isFork) await orphan(runtime, { tenant, sessionId }, key.sessionId);
  }
  return children
    .filter((child) => child.isFork)
    .map(({ id }) => ({ key: { tenant, sessionId: id }, originId: key.sessionId }));
}

async function orphan(runtime: Runtime, child: SessionKey, parentId: string): Promise<void> {
  const state = await readState(runtime, child);
  if (state?.parentId === parentId)
    await replaceParent(runtime, child, { from: parentId, to: null });
}

function addReceipt(sum: EraseReceipt, part: EraseReceipt): EraseReceipt {
  return {
    ...sum,
    sessions: sum.sessions + part.sessions,
    records: sum.records + part.records,
    snapshots: sum.snapshots + part.snapshots,
    outboxEntries: sum.outboxEntries + part.outboxEntries,
  };
}
