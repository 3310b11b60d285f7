import { reportsFailure } from '../domain/failure-report.ts';
import { GUARD_METADATA, notedFailure } from '../domain/guard-note.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';

/**
 * The metadata of a call, with a note where its result is a failure by what it says. It is decided here once, since a later judgement
 * would give results that are in the log other names.
 */
export function withFailureNote(
  metadata: JsonObject,
  { result, error }: { readonly result: JsonValue; readonly error: string | null },
): JsonObject {
  if (error !== null || !reportsFailure(result)) return metadata;
  // Whoever carried the call out knows better.
  if (notedFailure(metadata) !== null) return metadata;
  const guards = metadata[GUARD_METADATA] ?? {};
  // Something else that a service keeps under that name is left as it is.
  if (!isJsonObject(guards)) return metadata;
  return { ...metadata, [GUARD_METADATA]: { ...guards, isBound: false, hasFailed: true } };
}
