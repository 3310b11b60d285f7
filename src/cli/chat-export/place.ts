import type { z } from 'zod';
import { InvalidInput, StorageError } from '../../domain/errors.ts';
import { parseInput } from '../../domain/parse.ts';

/** Where in an export a value stands. */
export interface Place {
  /** The file as the user named it. */
  readonly source: string;
  /** Counts from 1; null when the file is one JSON document. */
  readonly line: number | null;
  /** The way to the value from there, e.g. `[3].messages[2].content`; empty for the whole. */
  readonly path: string;
}

/** The place of a field or an item of the value at a place. */
export function within(place: Place, part: string | number): Place {
  return { ...place, path: joinPath(place.path, typeof part === 'number' ? `[${part}]` : part) };
}

/** The error that says what was expected at a place. */
export function invalidAt(place: Place, expected: string): InvalidInput {
  const start = place.line === null ? place.source : `${place.source}:${place.line}`;
  const field = place.path === '' ? start : `${start}: ${place.path}`;
  return new InvalidInput({ field, expected });
}

/**
 * The value at a place in its parsed form.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function parseAt<T>(schema: z.ZodType<T>, value: unknown, place: Place): T {
  return checkedAt(place, () => parseInput(schema, value, ''));
}

/**
 * What a function returns that names fields below a value; the place of the value is put before the name, which `rename`
 * turns into that of the export.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function checkedAt<T>(
  place: Place,
  check: () => T,
  rename: (field: string) => string = (field) => field,
): T {
  try {
    return check();
  } catch (error) {
    const { field, expected } = refusalOf(error);
    if (typeof field !== 'string') throw error;
    throw invalidAt(within(place, rename(field.replace(/^\./, ''))), String(expected));
  }
}

/** Which field an error is about, and what was expected there. */
function refusalOf(error: unknown): { readonly field?: unknown; readonly expected?: unknown } {
  if (error instanceof InvalidInput) return { ...error.data, field: error.field };
  const isTooLarge = error instanceof StorageError && error.code === 'EVENT_TOO_LARGE';
  return isTooLarge ? error.data : {};
}

function joinPath(path: string, part: string): string {
  return path === '' || part === '' || part.startsWith('[') ? `${path}${part}` : `${path}.${part}`;
}
