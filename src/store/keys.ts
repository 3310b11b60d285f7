import { InvalidInput } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { hashText32 } from './text-hash.ts';

/** Into how many buckets sessions are spread; part of the stored layout, so it never changes for a deployment. */
export const VIRTUAL_SHARDS = 1024;

// Ids hold no control characters, so this one cannot be forged by moving text from the tenant to the session id.
const PART_SEPARATOR = '\u0000';

const KEY_SEPARATOR = ':';

/** The bucket of a session, 0 to 1023: everything that must change in one step with it lives in the same bucket. */
export function bucketOf(key: SessionKey): number {
  return hashText32(key.tenant + PART_SEPARATOR + key.sessionId) % VIRTUAL_SHARDS;
}

/**
 * The text that stands for a session in store keys: `tenant:sessionId`, both percent-encoded, so that neither can hold a
 * separator, a brace or a wildcard and no two pairs share a text.
 * @throws INVALID_INPUT for text with a lone surrogate, which has no UTF-8 form.
 */
export function encodeKey(key: SessionKey): string {
  return (
    encodePart(key.tenant, 'key.tenant') +
    KEY_SEPARATOR +
    encodePart(key.sessionId, 'key.sessionId')
  );
}

/**
 * The session that {@link encodeKey} made a text of.
 * @throws INVALID_INPUT for any other text.
 */
export function decodeKey(text: string): SessionKey {
  const key = parseKey(text);
  // Only the one spelling that `encodeKey` writes is accepted, so a key is never reachable under a second name.
  if (key !== null && encodeKey(key) === text) return key;
  throw new InvalidInput({ field: 'key', expected: 'an encoded session key' });
}

/**
 * A tenant or user as it stands inside of store keys.
 * @throws INVALID_INPUT naming the field, for text with a lone surrogate.
 */
export function encodeKeyPart(part: string, field: string): string {
  return encodePart(part, field);
}

/** A session id as {@link encodeKeyPart} wrote it. */
export function decodeKeyPart(text: string): string {
  return decodeURIComponent(text);
}

/** What every key of a bucket begins with; the braces make all of them one slot of a cluster. */
export function bucketRoot(namespace: string, bucket: number): string {
  return `${namespace}:{${bucket}}`;
}

function parseKey(text: string): SessionKey | null {
  const [tenant, sessionId, ...rest] = text.split(KEY_SEPARATOR);
  if (!tenant || !sessionId || rest.length > 0) return null;
  try {
    return { tenant: decodeURIComponent(tenant), sessionId: decodeURIComponent(sessionId) };
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function encodePart(part: string, field: string): string {
  try {
    return encodeURIComponent(part).replace(/[!'()*]/g, percentEncode);
  } catch (cause) {
    throw new InvalidInput({ field, expected: 'well-formed Unicode', cause });
  }
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
