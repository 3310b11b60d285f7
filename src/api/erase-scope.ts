import { SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { RemovedContent } from '../runtime/content-archive.ts';
import { Patience } from '../runtime/overload.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isUnreadable } from '../runtime/unreadable.ts';
import type { EraseReceipt, EraseScope, ListPage } from '../store/store.ts';
import { endOpenLink, type OpenLink } from './cut-links.ts';
import { removeGoneContent } from './gone-content.ts';
import { namesContent } from './named-content.ts';
import { removeWithForks } from './removal.ts';
import { outOfReach, type RemovalTarget, type RemoveOne, removeSeen } from './removal-target.ts';

/** Whose data to erase: everything of a user, or of a whole tenant. */
export type OwnerScope = Exclude<EraseScope, { readonly kind: 'session' }>;

/** Proof of an erasure of a user or a tenant, in numbers. */
export interface ErasureReceipt extends EraseReceipt {
  /**
   * Artifacts that went: those of the sessions, and those of sessions of the tenant that had gone before. Null where the runtime has no
   * artifact store: what other runtimes stored for them is still there, and `collectArtifacts` of one of those removes it.
   */
  readonly artifacts: number | null;
  /**
   * Artifacts of sessions that are not there and that stayed, since they are so young that their session may just be created: what they
   * hold may also be of one that has expired. Erase again when the grace is over. Null where the runtime has no artifact store.
   */
  readonly youngArtifacts: number | null;
}

const PAGE_SESSIONS = 100;
/** Walks over the sessions of a user before others are told to stop creating them. */
const MAX_WALKS = 64;
/** Between an artifact and the record that names it there is what is recorded before it, and for an import the rest of its lines. */
const DEFAULT_GRACE_MS = 600_000;

/**
 * Erases everything in a scope. What of it relatives of others know is cleaned up: parents forget the children, children the
 * parents; those that a full store has no room to tell are warned of. Forks of a user's sessions go too, whoever made them and also while this is under way, since what they share is
 * the user's. A session of the user that cannot be removed does not keep the others from going. Stored content of the tenant's
 * sessions that had gone before goes as well, as nobody knows any more whose it was: of a tenant all of it, of a user what is
 * older than `graceMs` (ten minutes when not given).
 * @throws INVALID_SESSION_OPERATION when a session of the user has content in an artifact store, and the runtime has none,
 * SESSION_CONFLICT when others never stop writing to a session of the user, or creating new ones, and what the store
 * throws, after the others went; UNKNOWN_OUTCOME when stored content could not be removed, which the next call makes good.
 */
export async function eraseOwned(
  runtime: Runtime,
  scope: OwnerScope,
  graceMs: number = DEFAULT_GRACE_MS,
): Promise<ErasureReceipt> {
  const sum = new ErasureSum();
  if (scope.kind === 'user') await eraseOneByOne(runtime, scope, sum);
  const nowMs = runtime.clock.nowMs();
  // Of a user what no walk gets at, as what was removed by half. A session that became the user's meanwhile stays: it may have forks.
  const rest = await runtime.store.erase({
    scope: scope.kind === 'user' ? { ...scope, remnantsOnly: true } : scope,
  });
  const isTenant = scope.kind === 'tenant';
  const storedBeforeMs = (isTenant ? nowMs : nowMs - graceMs) + 1;
  const { tenant } = scope;
  const gone = await removeGoneContent(runtime, { tenant, storedBeforeMs, graceMs });
  sum.addContent(gone);
  runtime.executor.forgetTenant(tenant);
  runtime.memories.forgetTenant(tenant);
  const contents =
    runtime.archive === null
      ? { artifacts: null, youngArtifacts: null }
      : { artifacts: sum.artifacts, youngArtifacts: gone.young };
  return { ...sum.receipt(rest), ...contents };
}

/** What an erasure has come to so far. */
class ErasureSum {
  readonly #receipts: EraseReceipt[] = [];
  /** What relatives could not be told, as the store was full. */
  readonly openLinks: OpenLink[] = [];
  artifacts = 0;

  readonly addContent = ({ removed }: Pick<RemovedContent, 'removed'>): void => {
    this.artifacts += removed;
  };

  add(receipt: EraseReceipt): void {
    this.#receipts.push(receipt);
  }

  receipt(rest: EraseReceipt): EraseReceipt {
    return this.#receipts.reduce(addReceipt, rest);
  }
}

type UserScope = Extract<OwnerScope, { readonly kind: 'user' }>;

/** Erases session by session, and tells relatives at the end what they could not be told on the way. */
async function eraseOneByOne(runtime: Runtime, scope: UserScope, sum: ErasureSum): Promise<void> {
  try {
    await walkUntilNoneIsLeft(runtime, scope, sum);
  } finally {
    const patience = new Patience(runtime.clock);
    // In order, as they were left. Of whoever went meanwhile nobody needs to be told.
    for (const link of sum.openLinks) await endOpenLink(runtime, link, patience);
  }
}

/** Walks until nothing is left, since sessions may be created behind a walk. */
async function walkUntilNoneIsLeft(
  runtime: Runtime,
  scope: UserScope,
  sum: ErasureSum,
): Promise<void> {
  const eraseOne: RemoveOne = {
    session: async (target) => {
      const receipt = await runtime.store.erase({ scope: { kind: 'session', ...target } });
      sum.add(receipt);
      return receipt.sessions > 0;
    },
    content: sum.addContent,
    leaveOpen: (link) => sum.openLinks.push(link),
  };
  for (let round = 1; round <= MAX_WALKS; round += 1) {
    // In order: each walk is for what the one before left, or others added meanwhile.
    const isAnyLeft = await eraseListed(runtime, scope, eraseOne);
    if (!isAnyLeft) return;
  }
  throw new SessionManagerError('Others kept creating sessions of the user that was to be erased', {
    code: 'SESSION_CONFLICT',
  });
}

/**
 * One walk over the sessions of a user; false when none of them is there any more.
 * @throws what the first one that failed met, after the others.
 */
async function eraseListed(
  runtime: Runtime,
  { tenant, userId }: UserScope,
  eraseOne: RemoveOne,
): Promise<boolean> {
  const errors: unknown[] = [];
  let isAnyLeft = false;
  let cursor: { readonly cursor?: string } | null = {};
  while (cursor !== null) {
    const query = { tenant, userId, order: 'created', limit: PAGE_SESSIONS, ...cursor } as const;
    // In order: a page names where the next one begins, and links change one at a time.
    const page: ListPage = await runtime.store.list(query);
    for (const { key } of page.heads) {
      const wasThere = await eraseWithForks(runtime, key, eraseOne).catch((error: unknown) => {
        errors.push(error);
        return true;
      });
      isAnyLeft ||= wasThere;
    }
    cursor = page.cursor === null ? null : { cursor: page.cursor };
  }
  if (errors.length > 0) throw errors[0];
  return isAnyLeft;
}

/**
 * Erases a session that is listed, also one that nobody can read: that has no relatives to tell. False when it is not there.
 * @throws INVALID_SESSION_OPERATION when its content is out of reach, and what the store throws.
 */
async function eraseWithForks(
  runtime: Runtime,
  key: SessionKey,
  eraseOne: RemoveOne,
): Promise<boolean> {
  if (await isErasedReadable(runtime, key, eraseOne)) return true;
  // Before it is looked at once more: another one may take its id, which has relatives.
  const target = await targetOf(runtime, key);
  if (target === null) return false;
  if (await isErasedReadable(runtime, key, eraseOne)) return true;
  await refuseContentOutOfReach(runtime, key);
  await removeSeen(runtime, target, eraseOne);
  return true;
}

/** False when it is not there, or when nobody can read it. */
async function isErasedReadable(
  runtime: Runtime,
  key: SessionKey,
  eraseOne: RemoveOne,
): Promise<boolean> {
  try {
    return await removeWithForks(runtime, key, eraseOne);
  } catch (error) {
    if (isUnreadable(error)) return false;
    throw error;
  }
}

async function targetOf({ store }: Runtime, key: SessionKey): Promise<RemovalTarget | null> {
  const head = await store.head({ key });
  if (head === null) return null;
  // Behind the last record there is nothing to decrypt.
  const end = await store.read({ key, fromPosition: head.version + 1, limit: 1 });
  return end === null ? null : { key, incarnation: end.incarnation, version: head.version };
}

/**
 * Refuses a session that cannot be read as a whole, as a fork whose origin is gone, when its records name content that would stay.
 * @throws INVALID_SESSION_OPERATION
 */
async function refuseContentOutOfReach(
  { store, archive }: Runtime,
  key: SessionKey,
): Promise<void> {
  if (archive !== null) return;
  const isNamed = await namesContent(store, key).catch((error: unknown) => {
    // What nobody can read names nothing to anybody.
    if (isUnreadable(error)) return false;
    throw error;
  });
  if (isNamed) throw outOfReach('erase', key.sessionId);
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
