import { reportsFailure } from '../domain/failure-report.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { GUARD_METADATA } from '../guards/session-fold.ts';

/**
 * The metadata of a call, with a note where its result is a failure by what it says. It is decided here once, since a later judgement
 * would give results that are in the log other names.
 */
export function withFailureNote(
  metadata: JsonObject,
  { result, error }: { readonly result: JsonValue; readonly error: string | null },
): JsonObject {
  if (error !== null || !reportsFailure(result)) return metadata;
  const guards = metadata[GUARD_METADATA] ?? {};
  // Whoever carried the call out knows better; what is no note of the guards is left alone.
  if (!isJsonObject(guards) || guards['hasFailed'] !== undefined) return metadata;
  return { ...metadata, [GUARD_METADATA]: { ...guards, isBound: false, hasFailed: true } };
}
