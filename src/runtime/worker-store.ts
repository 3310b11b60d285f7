import type { Announce } from '../actors/commit-announcement.ts';
import type { ShardSurroundings } from '../actors/pool/shard-loop.ts';
import type { StoreTraits } from '../actors/pool/wire.ts';
import type { Store } from '../store/store.ts';
import { createRedisStore, type RedisStoreDescription } from './redis-store.ts';
import type { RuntimeWarning } from './warnings.ts';

/** Where the store of a worker is: in the main thread, or at the end of a connection of its own. */
export type WorkerStore =
  | { readonly kind: 'main'; readonly traits: StoreTraits }
  | ({ readonly kind: 'redis' } & RedisStoreDescription);

/** The store of a worker, how commits to it are announced, and what closes it. */
export interface OpenWorkerStore {
  readonly store: Store;
  readonly announce: Announce;
  readonly close: () => Promise<void>;
}

/** Opens the store of a worker in its thread. */
export function openWorkerStore(
  where: WorkerStore,
  { remoteStore, announce, announceFirst, warn }: ShardSurroundings,
): OpenWorkerStore {
  if (where.kind === 'main') {
    // Announcements and calls to the store go the same way, one behind the other.
    return { store: remoteStore(where.traits), announce, close: () => Promise.resolve() };
  }
  const onWarning = ({ code, message }: RuntimeWarning): void => warn(code, message);
  const store = createRedisStore({ ...where.redis, onWarning });
  return { store, announce: announceFirst, close: () => store.close() };
}
