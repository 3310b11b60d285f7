import { InvalidSessionOperation } from './errors.ts';
import type { JsonObject } from './json.ts';

/** Properties that name the owner; the first that is there is meant. */
const OWNER_NAMES = ['user_id', 'userId'] as const;

/** The user that properties say a session belongs to; null when they name none. */
export function ownerOf(properties: JsonObject): string | null {
  const owner = properties['user_id'] ?? properties['userId'];
  return typeof owner === 'string' && owner !== '' ? owner : null;
}

/**
 * Refuses a caller whose own properties name another owner than those of the session, by whichever name.
 * @throws INVALID_SESSION_OPERATION
 */
export function assertNoOtherOwner(
  properties: { readonly ofSession: JsonObject; readonly ofCaller: JsonObject },
  call: { readonly operation: string; readonly sessionId: string },
): void {
  const owner = ownerOf(properties.ofSession);
  const wanted = ownerOf(properties.ofCaller);
  if (owner === null || wanted === null || owner === wanted) return;
  throw otherOwner(call);
}

/** Whether properties say anything about an owner, be it that there is none. */
export function concernsOwner(properties: JsonObject): boolean {
  return OWNER_NAMES.some((name) => Object.hasOwn(properties, name));
}

/**
 * Refuses properties under which a session would belong to somebody else than before, or to nobody: it could no longer be
 * found, or erased, by its owner.
 * @throws INVALID_SESSION_OPERATION
 */
export function assertSameOwner(
  properties: { readonly before: JsonObject; readonly after: JsonObject },
  call: { readonly operation: string; readonly sessionId: string },
): void {
  const owner = ownerOf(properties.before);
  if (owner === null || ownerOf(properties.after) === owner) return;
  throw otherOwner(call);
}

function otherOwner(call: {
  readonly operation: string;
  readonly sessionId: string;
}): InvalidSessionOperation {
  return new InvalidSessionOperation({
    ...call,
    reason: 'the session belongs to a user already, and its owner never changes',
  });
}
