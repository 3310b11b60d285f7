import { PagefoldError, SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { EraseReceipt, EraseScope, ListPage } from '../store/store.ts';
import { removeWithForks } from './removal.ts';
import { removeContent, type RemoveOne } from './removal-target.ts';

/** Whose data to erase: everything of a user, or of a whole tenant. */
export type OwnerScope = Exclude<EraseScope, { readonly kind: 'session' }>;

const PAGE_SESSIONS = 100;
/** Walks over the sessions of a user before others are told to stop creating them. */
const MAX_WALKS = 64;

/**
 * Erases everything in a scope. What of it relatives of others know is cleaned up: parents forget the children, children the
 * parents. Forks of a user's sessions go too, whoever made them and also while this is under way, since what they share is
 * the user's. A session of the user that cannot be removed does not keep the others from going.
 * @throws SESSION_CONFLICT when others never stop writing to a session of the user, or creating new ones, and what the store
 * throws, after the others went.
 */
export async function eraseOwned(runtime: Runtime, scope: OwnerScope): Promise<EraseReceipt> {
  const receipts = scope.kind === 'user' ? await eraseOneByOne(runtime, scope) : [];
  const listed = runtime.archive === null ? [] : await listKeys(runtime, scope);
  // Also what no walk gets at, as forks whose origin is gone.
  const storedBeforeMs = runtime.clock.nowMs() + 1;
  const rest = await runtime.store.erase({ scope });
  // In order: a store of artifacts may be slow, and this is not in anybody's way.
  for (const key of listed) await removeContent(runtime, key, storedBeforeMs);
  runtime.executor.forgetTenant(scope.tenant);
  runtime.memories.forgetTenant(scope.tenant);
  return receipts.reduce(addReceipt, rest);
}

/** The sessions that are left of a scope. */
async function listKeys(runtime: Runtime, scope: OwnerScope): Promise<readonly SessionKey[]> {
  const keys: SessionKey[] = [];
  let cursor: { readonly cursor?: string } | null = {};
  const { tenant } = scope;
  const owner = scope.kind === 'user' ? { userId: scope.userId } : {};
  while (cursor !== null) {
    const query = { tenant, ...owner, order: 'created', limit: PAGE_SESSIONS, ...cursor } as const;
    // In order: a page names where the next one begins.
    const page: ListPage = await runtime.store.list(query);
    keys.push(...page.heads.map(({ key }) => key));
    cursor = page.cursor === null ? null : { cursor: page.cursor };
  }
  return keys;
}

type UserScope = Extract<OwnerScope, { readonly kind: 'user' }>;

/** Walks until nothing is left, since sessions may be created behind a walk. */
async function eraseOneByOne(runtime: Runtime, scope: UserScope): Promise<readonly EraseReceipt[]> {
  const receipts: EraseReceipt[] = [];
  const eraseOne: RemoveOne = async (target) => {
    const receipt = await runtime.store.erase({ scope: { kind: 'session', ...target } });
    receipts.push(receipt);
    return receipt.sessions > 0;
  };
  for (let round = 1; round <= MAX_WALKS; round += 1) {
    // In order: each walk is for what the one before left.
    const isAnyGone = await eraseListed(runtime, scope, eraseOne);
    if (!isAnyGone) return receipts;
  }
  throw new SessionManagerError('Others kept creating sessions of the user that was to be erased', {
    code: 'SESSION_CONFLICT',
  });
}

/**
 * One walk over the sessions of a user; false when it met none that could be removed.
 * @throws what the first one that failed met, after the others.
 */
async function eraseListed(
  runtime: Runtime,
  { tenant, userId }: UserScope,
  eraseOne: RemoveOne,
): Promise<boolean> {
  const errors: unknown[] = [];
  let isAnyGone = false;
  let cursor: { readonly cursor?: string } | null = {};
  while (cursor !== null) {
    const query = { tenant, userId, order: 'created', limit: PAGE_SESSIONS, ...cursor } as const;
    // In order: a page names where the next one begins, and links change one at a time.
    const page: ListPage = await runtime.store.list(query);
    for (const { key } of page.heads) {
      const isGone = await removeWithForks(runtime, key, eraseOne).catch((error: unknown) => {
        // What nobody can read any more has no relatives to tell; it goes with the rest.
        if (!isUnreadable(error)) errors.push(error);
        return false;
      });
      isAnyGone ||= isGone;
    }
    cursor = page.cursor === null ? null : { cursor: page.cursor };
  }
  if (errors.length > 0) throw errors[0];
  return isAnyGone;
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'CORRUPT_RECORD',
  'DECRYPTION_FAILED',
  'KEY_NOT_FOUND',
  'SCHEMA_TOO_NEW',
  'HISTORY_REGRESSED',
]);

function isUnreadable(error: unknown): boolean {
  return PagefoldError.isInstance(error) && UNREADABLE.has(error.code);
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
