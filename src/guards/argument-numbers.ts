import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';

/** A number among the arguments of a call. */
export interface ArgumentNumber {
  /** Where it stands, such as `payments[0].amount`. */
  readonly path: string;
  /** The last name on the way there, such as `amount`. */
  readonly name: string;
  readonly value: number;
  /** Whether it was written as a text. */
  readonly isText: boolean;
}

const MAX_NUMBERS = 256;

/** The numbers among arguments, nested ones and those written as texts too; the first 256. Booleans are none. */
export function numbersInArguments(argumentsOfCall: JsonObject): readonly ArgumentNumber[] {
  const walk: Walk = { steps: [], found: [] };
  collectEntries(argumentsOfCall, walk);
  return walk.found;
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

interface Walk {
  /** Keys and positions on the way to where it is; written out for numbers only, since most values are none. */
  readonly steps: (string | number)[];
  readonly found: ArgumentNumber[];
}

function collectEntries(value: JsonObject, walk: Walk): void {
  for (const key in value) collectAt(key, value[key] ?? null, walk);
}

function collectAt(step: string | number, value: JsonValue, walk: Walk): void {
  if (walk.found.length >= MAX_NUMBERS) return;
  if (typeof value === 'boolean' || value === null) return;
  const number = typeof value === 'string' ? parseNumberText(value) : value;
  if (number === null) return;
  walk.steps.push(step);
  if (typeof number === 'number') note(number, typeof value === 'string', walk);
  else if (isList(number))
    for (let index = 0; index < number.length; index += 1)
      collectAt(index, number[index] ?? null, walk);
  else collectEntries(number, walk);
  walk.steps.pop();
}

function note(value: number, isText: boolean, { steps, found }: Walk): void {
  let path = '';
  let name = '';
  for (const step of steps) {
    if (typeof step === 'string') name = step;
    path = typeof step === 'string' ? keyPath(path, step) : `${path}[${step}]`;
  }
  found.push({ path, name, value, isText });
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
