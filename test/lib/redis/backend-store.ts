import {
  createEncryptedStore,
  createKeyRing,
  createRedisStore,
  type Store,
} from '../../../src/index.ts';

/** A store that another process can open too. */
export interface BackendChoice {
  readonly url: string;
  /** Whether what is written is encrypted. */
  readonly isEncrypted: boolean;
}

/** Any 32 bytes, the same in all processes. */
const KEY = Buffer.alloc(32, 'pagefold');

/** Opens the store of a choice; two processes that open the same one share its sessions. */
export function backendStore({ url, isEncrypted }: BackendChoice): Store {
  const store = createRedisStore({ url });
  if (!isEncrypted) return store;
  return createEncryptedStore(store, createKeyRing({ keys: { '2026': KEY }, current: '2026' }));
}
