import { InvalidInput, StorageError } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Largest record in UTF-16 units of its JSON text; bigger content belongs elsewhere, with a reference to it here. */
export const MAX_RECORD_LENGTH = 1_000_000;
/** Largest content that goes into an artifact because no record can hold it, in UTF-16 units. */
export const MAX_ARCHIVED_LENGTH = 64_000_000;
/** Entries and JSON text that properties, the state map, and metadata of a run may have; each is in memory as a whole. */
export const MAX_MAP_ENTRIES = 1000;
/** See {@link MAX_MAP_ENTRIES}; in UTF-16 units. */
export const MAX_MAP_LENGTH = 262_144;

/**
 * A number takes 24 units at most, such as `-1.2345678901234567e-308`, where {@link spendLeast} counts one; a unit of a text six.
 */
const MOST_PER_LEAST = 24;

/**
 * Refuses content that no record can hold, before anything is done with it: counting its tokens would block for seconds.
 * @throws EVENT_TOO_LARGE naming the field.
 */
export function assertRecordable(
  value: JsonValue,
  field: string,
  maxLength: number = MAX_RECORD_LENGTH,
): void {
  // A text as it is: what its escapes add is for the record's own length.
  const isWithin =
    typeof value === 'string' ? value.length <= maxLength : isJsonWithin(value, maxLength);
  if (isWithin) return;
  const expected = `at most ${maxLength} characters`;
  throw new StorageError({
    code: 'EVENT_TOO_LARGE',
    operation: 'record',
    message: `${field}: expected ${expected}`,
    refused: { field, expected },
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
  if (!isJsonWithin(map, MAX_MAP_LENGTH)) {
    throw new InvalidInput({ field, expected: `at most ${MAX_MAP_LENGTH} characters as JSON` });
  }
}

/** Whether the JSON text of a value has at most so many UTF-16 units; without writing it where there can be no doubt. */
function isJsonWithin(value: JsonValue, limit: number): boolean {
  const least = limit - spendLeast(value, limit);
  if (least > limit) return false;
  return least * MOST_PER_LEAST <= limit || JSON.stringify(value).length <= limit;
}

/**
 * Length of the JSON text of a value in UTF-16 units; null above the limit, at a cost that is bounded by the limit and not by
 * the size of the value.
 */
export function jsonLengthWithin(value: JsonValue, limit: number): number | null {
  // What passes has at most so many characters before escaping, each of which escaping makes six of.
  if (spendLeast(value, limit) < 0) return null;
  const { length } = JSON.stringify(value);
  return length <= limit ? length : null;
}

/** Fewest UTF-16 units that the JSON text of a value takes: what it holds before anything is escaped. */
export function leastJsonLength(value: JsonValue): number {
  return Number.MAX_SAFE_INTEGER - spendLeast(value, Number.MAX_SAFE_INTEGER);
}

/** What is left of the limit after the fewest characters that the value can take; negative as soon as it is used up. */
function spendLeast(value: JsonValue, limit: number): number {
  if (typeof value === 'string') return limit - value.length - 2;
  if (typeof value !== 'object' || value === null) return limit - 1;
  let left = limit - 2;
  if (isJsonObject(value)) {
    for (const key in value) {
      if (left < 0) return left;
      if (Object.hasOwn(value, key)) left = spendLeast(value[key] ?? null, left - key.length - 3);
    }
    return left;
  }
  for (const item of value) {
    if (left < 0) return left;
    left = spendLeast(item, left);
  }
  return left;
}
