import type { SessionKey } from '../domain/ids.ts';
import type { Store } from '../store/store.ts';

/**
 * What a store calls the session that has an id now, as opposed to others that had it before or will have it; null when there
 * is none. Asked for before a session is looked at, it says of what follows that nobody came between: a store refuses what
 * names an incarnation that has gone.
 */
export async function incarnationOf(store: Store, key: SessionKey): Promise<string | null> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  return page?.incarnation ?? null;
}
