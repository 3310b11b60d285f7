import type { SessionKey } from '../domain/ids.ts';
import { decodeRecord } from '../store/codec.ts';
import type { Store } from '../store/store.ts';

/**
 * What a store calls the session that has an id now, as opposed to others that had it before or will have it; null when there
 * is none. With `lifeId`, only of that very session. Otherwise it has to be asked for before the session is looked at, to say of
 * what follows that nobody came between: a store refuses what names an incarnation that has gone.
 */
export async function incarnationOf(
  store: Store,
  key: SessionKey,
  lifeId?: string,
): Promise<string | null> {
  const page = await store.read({ key, fromPosition: 1, limit: 1 });
  const [first] = page?.records ?? [];
  if (page === null || first === undefined || lifeId === undefined)
    return page?.incarnation ?? null;
  const created = decodeRecord(first, 1);
  return created.type === 'session-created' && created.lifeId === lifeId ? page.incarnation : null;
}
