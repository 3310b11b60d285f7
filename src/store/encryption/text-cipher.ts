import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { StorageError } from '../../domain/errors.ts';
import { assertTenantKey, type KeyProvider, type TenantKey } from './key-provider.ts';
import { SEALED_TEXT } from './sealed-text.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** The nonce of GCM as NIST SP 800-38D recommends it. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Derived keys that are kept, since deriving one takes longer than encrypting a record. */
const MAX_DERIVED = 4096;

/** What a text is and where it belongs: it can be opened only as that. */
export interface TextPlace {
  readonly tenant: string;
  /** Names of what the text is, from large to small, the session first. */
  readonly path: readonly (string | number)[];
  /** Said in errors. */
  readonly what: string;
}

/** Keys as they are used; the secret tells whether what was derived from it still counts. */
interface DerivedKey {
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
}

/** Encrypts texts with AES-256-GCM under keys that are derived with HKDF-SHA256 for each scope of a tenant. */
export class TextCipher {
  readonly #keys: KeyProvider;
  readonly #derived = new Map<string, DerivedKey>();

  constructor(keys: KeyProvider) {
    this.#keys = keys;
  }

  /**
   * The key for what is written now.
   * @throws STORAGE_ERROR when the provider fails, INVALID_INPUT when it gives none that can be used.
   */
  async current(tenant: string): Promise<TenantKey> {
    return checked(await asked(() => this.#keys.current(tenant)));
  }

  /**
   * The key for labels.
   * @throws STORAGE_ERROR when the provider fails, INVALID_INPUT when it gives none that can be used.
   */
  async forLabels(tenant: string): Promise<TenantKey> {
    return checked(await asked(() => this.#keys.forLabels(tenant)));
  }

  /** The text as only who has the key can read it; each time another one. */
  seal(text: string, place: TextPlace, key: TenantKey): string {
    return this.#seal(text, { place, key, nonce: randomBytes(NONCE_BYTES) });
  }

  /**
   * As {@link seal}, but the same text at the same place always gives the same: with a nonce that is a keyed hash of the text,
   * as in RFC 5297. Who sees two of them learns whether the texts are equal, and nothing else.
   */
  sealEqual(text: string, place: TextPlace, key: TenantKey): string {
    const hashKey = this.#keyFor(key, ['nonce', place.tenant]);
    const hash = createHmac('sha256', hashKey).update(boundTo(place)).update(text).digest();
    return this.#seal(text, { place, key, nonce: hash.subarray(0, NONCE_BYTES) });
  }

  /**
   * The text that was sealed for this place.
   * @throws KEY_NOT_FOUND when its key is gone, DECRYPTION_FAILED when it was not sealed for this place with the key that the
   * provider has under the id; both say what could not be read, never what it holds. STORAGE_ERROR when the provider fails.
   */
  async open(sealed: string, place: TextPlace): Promise<string> {
    const [, id, body] = SEALED_TEXT.exec(sealed) ?? [];
    if (id === undefined || body === undefined) throw failure(place, 'is not encrypted');
    const secret = await asked(() => this.#keys.find(place.tenant, id));
    if (secret === null || secret === undefined) throw keyNotFound(place, id);
    const key = checked({ id, secret });
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw failure(place, 'was cut off');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#keyOf(key, place), nonce);
    decipher.setAAD(boundTo(place));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const content = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
    try {
      return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
    } catch {
      // Its own error says less, and nothing that helps.
      throw failure(place, 'was changed, moved, or written under another key of that id');
    }
  }

  #seal(
    text: string,
    how: { readonly place: TextPlace; readonly key: TenantKey; readonly nonce: Uint8Array },
  ): string {
    const { place, key, nonce } = how;
    const cipher = createCipheriv(ALGORITHM, this.#keyOf(key, place), nonce);
    cipher.setAAD(boundTo(place));
    const content = [cipher.update(text, 'utf8'), cipher.final()];
    const bytes = Buffer.concat([nonce, ...content, cipher.getAuthTag()]);
    return `e1.${key.id}.${bytes.toString('base64url')}`;
  }

  /** One key for each session, and one for what is found across them. */
  #keyOf(key: TenantKey, { tenant, path }: TextPlace): Uint8Array {
    return this.#keyFor(key, ['text', tenant, path[0] ?? '']);
  }

  /** The first of the scope is what the key is for. */
  #keyFor({ id, secret }: TenantKey, scope: readonly (string | number)[]): Uint8Array {
    const info = JSON.stringify([id, ...scope]);
    const present = this.#derived.get(info);
    if (present !== undefined && areEqual(present.secret, secret)) return present.key;
    const key = new Uint8Array(hkdfSync('sha256', secret, 'pagefold', info, KEY_BYTES));
    this.#derived.delete(info);
    const [oldest] = this.#derived.keys();
    if (this.#derived.size >= MAX_DERIVED && oldest !== undefined) this.#derived.delete(oldest);
    this.#derived.set(info, { secret: Uint8Array.from(secret), key });
    return key;
  }
}

/** What a provider answers; one that fails does so before anything is stored. */
async function asked<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const message = 'The provider of keys failed';
    throw new StorageError({ operation: 'find a key', message, cause });
  }
}

function checked(key: TenantKey): TenantKey {
  assertTenantKey(key, 'keys');
  return key;
}

/** Both are secrets of ours: how long it takes to compare them tells nobody anything. */
function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left === right || Buffer.compare(left, right) === 0;
}

function boundTo({ tenant, path }: TextPlace): Buffer {
  return Buffer.from(JSON.stringify([tenant, ...path]));
}

function keyNotFound({ what }: TextPlace, id: string): StorageError {
  return new StorageError({
    code: 'KEY_NOT_FOUND',
    operation: 'decrypt',
    message: `The ${what} cannot be read: there is no key ${id}`,
  });
}

function failure({ what }: TextPlace, reason: string): StorageError {
  return new StorageError({
    code: 'DECRYPTION_FAILED',
    operation: 'decrypt',
    message: `The ${what} cannot be read: it ${reason}`,
  });
}
