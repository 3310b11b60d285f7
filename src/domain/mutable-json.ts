import type { JsonValue } from './json.ts';

/** JSON with arrays that may be changed, which the types of clients ask for; it is the caller's own. */
export type MutableJson =
  null | boolean | number | string | MutableJson[] | { [key: string]: MutableJson };

/** A copy for a caller to change at will. */
export function toMutableJson(value: JsonValue): MutableJson {
  // The clone is shared with nobody, so that nothing in it has to be read-only.
  return structuredClone(value) as MutableJson;
}
