import { argumentsHash } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json.ts';
import { LruMap } from '../domain/lru-map.ts';
import { newUuid } from '../runtime/system.ts';
import type { AllCalls, AskedToolCall } from '../tools/asked-tool-call.ts';

/** The part of an answer's metadata that says what its record claims. */
const CLAIM_METADATA = 'toolClaim';

/** Marks of answers that could not be recorded for certain; more of them only where a store was away for very long. */
const MAX_UNSURE = 1_024;

/**
 * The marks by which this process knows a record as its own whose reply was lost: nobody else carries out the calls of that answer. One
 * is kept from the first attempt to record an answer until that is known to be there, whoever did it.
 */
export class AnswerClaims {
  readonly #unsure = new LruMap<string>(MAX_UNSURE);

  /** The mark of an answer that is to be recorded: the same as in an earlier attempt. */
  markOf(eventId: string): string {
    const mark = this.#unsure.get(eventId) ?? newUuid();
    this.#unsure.set(eventId, mark);
    return mark;
  }

  /** Notes that a record is there, and tells whether it is this process's own: once, so that what it claims is begun once. */
  settle(eventId: string, metadata: JsonObject): boolean {
    const mark = this.#unsure.get(eventId);
    this.#unsure.delete(eventId);
    return mark !== undefined && claimIn(metadata)['mark'] === mark;
  }
}

/**
 * Metadata of an answer with what its record claims: by whose mark calls are to run, and which wait for a person, as it asks for those
 * nowhere else.
 * @throws INVALID_INPUT where they are none.
 */
export function withClaim(
  metadata: Readonly<Record<string, unknown>> | undefined,
  { mark, waiting }: { readonly mark: string | null; readonly waiting: readonly AskedToolCall[] },
): Readonly<Record<string, unknown>> | undefined {
  if (mark === null && waiting.length === 0) return metadata;
  const claim = {
    ...(mark === null ? {} : { mark }),
    ...(waiting.length === 0
      ? {}
      : { waiting: waiting.map(keyOfCall), waitingIds: waiting.map(({ callId }) => callId) }),
  };
  return { ...parseJsonObject(metadata, 'options.metadata'), [CLAIM_METADATA]: claim };
}

/**
 * Whether an answer is the one of an earlier record, whose calls have been approved since: it has the calls that were asked for then, and
 * no more of them may run than asked for approval. Records of before say nothing of that, and count where they ask for some of the calls.
 * Without ids nobody could tell.
 */
export function isSameAnswer(
  { calls, all }: Pick<AllCalls, 'calls' | 'all'>,
  first: { readonly calls: readonly AskedToolCall[]; readonly metadata: JsonObject },
): boolean {
  if (all.some(({ callId }) => callId === null)) return false;
  const waiting = waitingIn(first.metadata);
  if (waiting === null && first.calls.length === 0) return false;
  const before = first.calls.map(keyOfCall);
  const given = new Set(all.map(keyOfCall));
  if (!before.every((key) => given.has(key))) return false;
  return (
    waiting === null ||
    calls.map(keyOfCall).every((key) => before.includes(key) || waiting.has(key))
  );
}

/** The ids of the calls of an answer that waited for a person; null where its record says that some did, and not which. */
export function waitingIdsIn(metadata: JsonObject): readonly unknown[] | null {
  const { waiting, waitingIds } = claimIn(metadata);
  if (Array.isArray(waitingIds)) return waitingIds;
  return waiting === undefined ? [] : null;
}

function waitingIn(metadata: JsonObject): ReadonlySet<unknown> | null {
  const { waiting } = claimIn(metadata);
  return Array.isArray(waiting) ? new Set<unknown>(waiting) : null;
}

function claimIn(metadata: JsonObject): JsonObject {
  const claim = metadata[CLAIM_METADATA];
  return isJsonObject(claim) ? claim : {};
}

function keyOfCall({ callId, toolName, arguments: args }: AskedToolCall): string {
  return argumentsHash({ callId, toolName, arguments: args });
}
