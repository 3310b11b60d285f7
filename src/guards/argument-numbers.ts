import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';

/** A number among the arguments of a call. */
export interface ArgumentNumber {
  /** Where it stands, such as `payments[0].amount`. */
  readonly path: string;
  /** The names on the way, without positions in lists. */
  readonly names: readonly string[];
  readonly value: number;
  /** Whether it was written as a text. */
  readonly isText: boolean;
}

const MAX_NUMBERS = 256;

/** The numbers among arguments, nested ones and those written as texts too; the first 256. Booleans are none. */
export function numbersInArguments(argumentsOfCall: JsonObject): readonly ArgumentNumber[] {
  const found: ArgumentNumber[] = [];
  collect(argumentsOfCall, { path: '', names: [], found });
  return found;
}

/** Arguments with another value at one place; the same ones when there is no such place. */
export function replaceAt(value: JsonObject, path: string, item: JsonValue): JsonObject {
  return replaceIn(value, '', { path, item }) as JsonObject; // an object stays one, since no path is empty
}

/** The value at one place of arguments, by a path such as `payments[0].amount`; undefined when there is none. */
export function valueAt(value: JsonValue, path: string, here = ''): JsonValue | undefined {
  if (here === path) return value;
  const inside = isJsonObject(value)
    ? Object.entries(value).map(([key, item]) => [keyPath(here, key), item] as const)
    : isList(value)
      ? value.map((item, index) => [`${here}[${index}]`, item] as const)
      : [];
  for (const [place, item] of inside) {
    if (!path.startsWith(place)) continue;
    const found = valueAt(item, path, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Place {
  readonly path: string;
  readonly names: readonly string[];
  readonly found: ArgumentNumber[];
}

function collectIn(value: JsonObject | readonly JsonValue[], place: Place): void {
  const { path, names, found } = place;
  if (isList(value)) {
    for (const [index, item] of value.entries())
      collect(item, { path: `${path}[${index}]`, names, found });
    return;
  }
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null;
    // Most entries are no numbers, and need no place.
    if (isCollectable(item))
      collect(item, { path: keyPath(path, key), names: [...names, key], found });
  }
}

function collect(value: JsonValue, place: Place): void {
  const { path, names, found } = place;
  if (found.length >= MAX_NUMBERS) return;
  if (typeof value === 'number') found.push({ path, names, value, isText: false });
  else if (typeof value === 'object' && value !== null) collectIn(value, place);
  else if (typeof value === 'string') {
    const number = parseNumberText(value);
    if (number !== null) found.push({ path, names, value: number, isText: true });
  }
}

function isCollectable(value: JsonValue): boolean {
  if (typeof value === 'string') return parseNumberText(value) !== null;
  return typeof value === 'number' || typeof value === 'object';
}

function replaceIn(
  value: JsonValue,
  here: string,
  change: { readonly path: string; readonly item: JsonValue },
): JsonValue {
  if (here === change.path && here !== '') return change.item;
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, replaceIn(item, keyPath(here, key), change)]),
    );
  }
  if (!isList(value)) return value;
  return value.map((item, index) => replaceIn(item, `${here}[${index}]`, change));
}

function keyPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
