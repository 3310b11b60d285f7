import { z } from 'zod';
import { InvalidInput } from '../../domain/errors.ts';
import { parseInput } from '../../domain/parse.ts';

/** A secret that the keys of a tenant's sessions are derived from. */
export interface TenantKey {
  /** Stored beside what it encrypts: 1 to 32 letters, digits, `-` and `_`. */
  readonly id: string;
  /** At least 32 bytes from a source of randomness; not a password. */
  readonly secret: Uint8Array;
}

/** Keys of an encrypted store; asked with every call, so one that asks a service keeps what it was told for a while. */
export interface KeyProvider {
  /** The key for what is written now. Another one than before leaves readable what was written under that. */
  current(tenant: string): TenantKey | Promise<TenantKey>;
  /**
   * The key for labels, by which sessions are found: always the same one for a tenant, since what was stored under another
   * is not found.
   */
  forLabels(tenant: string): TenantKey | Promise<TenantKey>;
  /** A key that something was written under; null once it was destroyed, and with it what it encrypts. */
  find(
    tenant: string,
    id: string,
  ): Uint8Array | null | undefined | Promise<Uint8Array | null | undefined>;
}

/** Keys at hand, for all tenants. */
export interface KeyRingOptions {
  /** By id: 32 bytes or more, also as base64. All that anything is still stored under. */
  readonly keys: Readonly<Record<string, Uint8Array | string>>;
  /** Id of the key for what is written now. */
  readonly current: string;
  /** Id of the key for labels, which has to stay when `current` moves on; to be named where there is more than one key. */
  readonly labels?: string | undefined;
}

const MIN_SECRET_BYTES = 32;
const KEY_ID = /^[\w-]{1,32}$/;

const secretSchema = z.union(
  [
    z.instanceof(Uint8Array),
    z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  ],
  { error: 'bytes, or text in base64' },
);
const ringSchema = z.strictObject({
  keys: z.record(z.string(), secretSchema),
  current: z.string(),
  labels: z.string().optional(),
});

/**
 * A provider of keys that are at hand. Add a key and make it current to rotate; take one out when nothing is stored under it
 * any more, or to make unreadable what is.
 * @throws INVALID_INPUT naming the option, never quoting a secret.
 */
export function createKeyRing(options: KeyRingOptions): KeyProvider {
  const parsed = parseInput(ringSchema, options, 'options');
  const keys = new Map<string, TenantKey>();
  for (const [id, secret] of Object.entries(parsed.keys)) {
    assertTenantKey({ id, secret }, 'options.keys');
    // A copy: what the caller does with the bytes afterwards must not change the key.
    keys.set(id, { id, secret: Uint8Array.from(secret) });
  }
  const current = keyOf(keys, parsed.current, 'options.current');
  // None is guessed: labels under another key than before would not be found, nor their sessions erased.
  if (parsed.labels === undefined && keys.size > 1) {
    const expected =
      'the id of the key that labels were encrypted with first, since there are several keys';
    throw new InvalidInput({ field: 'options.labels', expected });
  }
  const labels = keyOf(keys, parsed.labels ?? current.id, 'options.labels');
  return {
    current: () => current,
    forLabels: () => labels,
    find: (_tenant, id) => keys.get(id)?.secret ?? null,
  };
}

/**
 * Checks a key that a provider gave.
 * @throws INVALID_INPUT naming what is wrong.
 */
export function assertTenantKey({ id, secret }: TenantKey, field: string): void {
  if (typeof id !== 'string' || !KEY_ID.test(id))
    throw new InvalidInput({ field, expected: 'ids of 1 to 32 letters, digits, - and _' });
  if (!(secret instanceof Uint8Array) || secret.length < MIN_SECRET_BYTES)
    throw new InvalidInput({ field, expected: `secrets of at least ${MIN_SECRET_BYTES} bytes` });
}

function keyOf(keys: ReadonlyMap<string, TenantKey>, id: string, field: string): TenantKey {
  const key = keys.get(id);
  if (key !== undefined) return key;
  throw new InvalidInput({ field, expected: 'the id of one of the keys' });
}
