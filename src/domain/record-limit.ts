import { InvalidInput, StorageError } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Largest record in UTF-16 units of its JSON text; bigger content belongs elsewhere, with a reference to it here. */
export const MAX_RECORD_LENGTH = 1_000_000;
/** Entries and JSON text that properties, and the state map, may have; every change carries the whole map in memory. */
export const MAX_MAP_ENTRIES = 1000;
/** See {@link MAX_MAP_ENTRIES}; in UTF-16 units. */
export const MAX_MAP_LENGTH = 262_144;

/**
 * Refuses content that no record can hold, before anything is done with it: counting its tokens would block for seconds.
 * @throws EVENT_TOO_LARGE naming the field.
 */
export function assertRecordable(value: JsonValue, field: string): void {
  const length = jsonLength(value);
  if (length <= MAX_RECORD_LENGTH) return;
  throw new StorageError({
    code: 'EVENT_TOO_LARGE',
    operation: 'record',
    message: `${field}: expected at most ${MAX_RECORD_LENGTH} characters, got ${length}`,
  });
}

/**
 * Refuses a map that has grown beyond what a state may hold.
 * @throws INVALID_INPUT naming the map.
 */
export function assertMapSize(map: JsonObject, field: string): void {
  if (Object.keys(map).length > MAX_MAP_ENTRIES) {
    throw new InvalidInput({ field, expected: `at most ${MAX_MAP_ENTRIES} entries` });
  }
  if (jsonLength(map) > MAX_MAP_LENGTH) {
    throw new InvalidInput({ field, expected: `at most ${MAX_MAP_LENGTH} characters as JSON` });
  }
}

function jsonLength(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  if (isJsonObject(value) && Object.keys(value).length === 0) return 2;
  return JSON.stringify(value).length;
}
