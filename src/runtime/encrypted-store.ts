import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { encryptStore } from '../store/encryption/encrypted-store.ts';
import type { KeyProvider } from '../store/encryption/key-provider.ts';
import type { Store } from '../store/store.ts';
import { ownStoreSchema } from './own-store.ts';

const METHODS = ['current', 'forLabels', 'find'];

const keysSchema: z.ZodType<KeyProvider> = z.custom<KeyProvider>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    METHODS.every((name) => typeof Reflect.get(value, name) === 'function'),
  { message: `a provider of keys, which has methods ${METHODS.join(', ')}` },
);

/**
 * A store that encrypts what it hands to another one: AES-256-GCM, under a key of each session that is derived with HKDF-SHA256
 * from the tenant's. Every text is bound to tenant, session and position, so that none can be moved. It is not bound to what came
 * before it: whoever can write to the other store can leave out the end of a session, or put back what a deleted one held, and where
 * others write on from there, exchange what was written since with what had stood at the same position. Records of several processes
 * that write one session at the same moment take a round trip more, since each must know its position. Closing it closes the other one.
 *
 * Destroying a key makes what it encrypts unreadable wherever there are copies. Ids of tenants and sessions, names of
 * properties, counts, times and lengths stay readable.
 * @throws INVALID_INPUT naming the argument.
 */
export function createEncryptedStore(store: Store, keys: KeyProvider): Store {
  return encryptStore(
    parseInput(ownStoreSchema, store, 'store'),
    parseInput(keysSchema, keys, 'keys'),
  );
}
