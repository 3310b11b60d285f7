import type { Runtime } from '../runtime/runtime.ts';
import type { EraseReceipt, EraseScope } from '../store/store.ts';
import { removeWithForks } from './removal.ts';
import type { RemoveOne } from './removal-target.ts';

/** Whose data to erase: everything of a user, or of a whole tenant. */
export type OwnerScope = Exclude<EraseScope, { readonly kind: 'session' }>;

const PAGE_SESSIONS = 100;

/**
 * Erases everything in a scope. What of it relatives of others know is cleaned up: parents forget the children, children the
 * parents. Forks of a user's sessions go too, whoever made them and also while this is under way, since what they share is
 * the user's.
 * @throws SESSION_CONFLICT when others never stop writing to a session of the user.
 */
export async function eraseOwned(runtime: Runtime, scope: OwnerScope): Promise<EraseReceipt> {
  const receipts = scope.kind === 'user' ? await eraseOneByOne(runtime, scope) : [];
  const rest = await runtime.store.erase({ scope });
  runtime.executor.forgetTenant(scope.tenant);
  return receipts.reduce(addReceipt, rest);
}

async function eraseOneByOne(
  runtime: Runtime,
  scope: Extract<OwnerScope, { readonly kind: 'user' }>,
): Promise<readonly EraseReceipt[]> {
  const { tenant, userId } = scope;
  const receipts: EraseReceipt[] = [];
  const eraseOne: RemoveOne = async (target) => {
    const receipt = await runtime.store.erase({ scope: { kind: 'session', ...target } });
    receipts.push(receipt);
    return receipt.sessions > 0;
  };
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
    for (const { key } of page.heads) await removeWithForks(runtime, key, eraseOne);
    if (page.cursor === null) return receipts;
    cursor = { cursor: page.cursor };
  }
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
