import { InvalidInput, InvalidSessionOperation } from './errors.ts';
import { idSchema } from './ids.ts';
import type { JsonObject } from './json.ts';
import { parseInput } from './parse.ts';

/** Properties that name the owner; the first that is there is meant. */
export const OWNER_NAMES: readonly ['user_id', 'userId'] = ['user_id', 'userId'];

/** Why two sessions are not linked: whoever deletes the parent could take the child along. */
export const OF_DIFFERENT_USERS = 'parent and child belong to different users';

/** The user that properties say a session belongs to; null when they name none. */
export function ownerOf(properties: JsonObject): string | null {
  const owner = properties['user_id'] ?? properties['userId'];
  return typeof owner === 'string' && owner !== '' ? owner : null;
}

/**
 * Refuses properties that name as the owner what is no id: nobody could find or erase the session by it. Two owners, of whom one
 * would be dropped without a word, are none.
 * @throws INVALID_INPUT naming the property.
 */
export function assertOwnerIsId(properties: JsonObject, field: string): void {
  const [first, second] = OWNER_NAMES.map((name) =>
    Object.hasOwn(properties, name) ? (properties[name] ?? null) : null,
  );
  for (const name of OWNER_NAMES) {
    const value = Object.hasOwn(properties, name) ? properties[name] : null;
    parseInput(idSchema.nullish(), value, `${field}.${name}`);
  }
  if (first === null || second === null || first === second) return;
  const expected = `the user that ${field}.${OWNER_NAMES[0]} names, or none`;
  throw new InvalidInput({ field: `${field}.${OWNER_NAMES[1]}`, expected });
}

/** What of properties says whose session it is, be it that it is nobody's; null when they say nothing about it. */
export function claimOf(properties: JsonObject): JsonObject | null {
  const entries = OWNER_NAMES.filter((name) => Object.hasOwn(properties, name));
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map((name) => [name, properties[name] ?? null]));
}

/** Whether two sets of properties name owners that are not the same, by whichever name. */
export function haveOtherOwners(left: JsonObject, right: JsonObject): boolean {
  const [owner, other] = [ownerOf(left), ownerOf(right)];
  return owner !== null && other !== null && owner !== other;
}

/**
 * Refuses a caller who names another owner than the session has, or none in place of the one it has.
 * @throws INVALID_SESSION_OPERATION
 */
export function assertClaim(
  { ofSession, claim }: { readonly ofSession: JsonObject; readonly claim: JsonObject },
  call: { readonly operation: string; readonly sessionId: string },
): void {
  if (haveOtherOwners(ofSession, claim)) throw otherOwner(call);
  assertSameOwner({ before: ofSession, after: { ...ofSession, ...claim } }, call);
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
