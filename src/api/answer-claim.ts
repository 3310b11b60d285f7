import { argumentsHash } from '../domain/canonical-json.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../domain/json.ts';
import type { AllCalls, AskedToolCall } from '../tools/asked-tool-call.ts';

/** The part of an answer's metadata that says what its record claims. */
export const CLAIM_METADATA = 'toolClaim';

/**
 * Metadata of an answer with the calls that wait for a person, which its record asks for nowhere else.
 * @throws INVALID_INPUT where they are none.
 */
export function withClaim(
  metadata: Readonly<Record<string, unknown>> | undefined,
  { waiting }: Pick<AllCalls, 'waiting'>,
): Readonly<Record<string, unknown>> | undefined {
  if (waiting.length === 0) return metadata;
  const given = parseJsonObject(metadata, 'options.metadata');
  return { ...given, [CLAIM_METADATA]: { waiting: waiting.map(keyOfCall) } };
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

function waitingIn(metadata: JsonObject): ReadonlySet<unknown> | null {
  const claim = metadata[CLAIM_METADATA];
  const waiting = isJsonObject(claim) ? claim['waiting'] : undefined;
  return Array.isArray(waiting) ? new Set<unknown>(waiting) : null;
}

function keyOfCall({ callId, toolName, arguments: args }: AskedToolCall): string {
  return argumentsHash({ callId, toolName, arguments: args });
}
