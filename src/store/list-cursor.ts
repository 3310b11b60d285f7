import { InvalidInput } from '../domain/errors.ts';
import type { ListParams } from './session-head.ts';
import { markOf } from './text-hash.ts';

const CURSOR_SHAPE = /^([0-9a-z]+)-([0-9a-z]+)$/;

/** Where the next page begins, as text; it fits only the listing it was made for, in the store it was made by. */
export function encodeCursor(sequence: number, params: ListParams, instance: string): string {
  return `${sequence.toString(36)}-${listingMark(params, instance)}`;
}

/**
 * The sequence at which the previous page ended; null on the first page.
 * @throws INVALID_INPUT for a text that is no cursor of this listing.
 */
export function decodeCursor(params: ListParams, instance: string): number | null {
  if (params.cursor === undefined) return null;
  const [, text = '', mark] = CURSOR_SHAPE.exec(params.cursor) ?? [];
  const sequence = Number.parseInt(text, 36);
  if (Number.isSafeInteger(sequence) && mark === listingMark(params, instance)) return sequence;
  throw foreignCursor();
}

/** The refusal of a text that is no cursor of the listing. */
export function foreignCursor(): InvalidInput {
  return new InvalidInput({
    field: 'cursor',
    expected: 'a cursor of a listing with the same conditions',
  });
}

/** Stands for the conditions of a listing and the store it is of. */
export function listingMark(params: ListParams, instance: string): string {
  const properties = Object.entries(params.properties ?? {}).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const conditions = JSON.stringify([
    instance,
    params.tenant,
    params.order,
    params.sessionIdPrefix ?? null,
    params.userId ?? null,
    properties,
    params.createdFromMs ?? null,
    params.createdBeforeMs ?? null,
    params.updatedFromMs ?? null,
    params.updatedBeforeMs ?? null,
  ]);
  return markOf(conditions);
}
