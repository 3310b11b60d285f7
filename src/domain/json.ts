import { InvalidInput } from './errors.ts';
import { keyName } from './schema-path.ts';

/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Deepest nesting accepted; deeper values are almost always cycles or attacks and overflow stacks elsewhere. */
export const MAX_JSON_DEPTH = 64;

/**
 * Values one input may hold: more cannot be stored, since each takes at least two characters of a record. Without a bound a
 * few arrays that hold each other many times over would be copied for ever.
 */
export const MAX_JSON_VALUES = 500_000;

/** Where in a value a copy is: written out only for an error, since that is the dearest part of a copy. */
interface Place {
  readonly container: object;
  readonly outer: Place | null;
  readonly depth: number;
  /** The number of the key or item that is being copied. */
  index: number;
}

/** The index of a place in which nothing is being copied. */
const NOWHERE = -1;
const BYTE_ARRAYS: ReadonlySet<unknown> = new Set(['Uint8Array', 'Uint8ClampedArray']);

/** Stands for the answer of an object that has no `toJSON`. */
const NO_ANSWER = Symbol('no answer');

interface Walk {
  readonly field: string;
  readonly budget: Budget;
}

/** Values that may still be copied; one budget for the whole walk. */
interface Budget {
  left: number;
}

/**
 * Copies a value into plain JSON, so that later changes by the caller reach nothing here. Bytes become base64, as interfaces
 * write them; objects with `toJSON` are asked for it; object entries that are undefined are left out, as JSON does.
 * @throws INVALID_INPUT naming the place of a function, symbol, bigint, NaN, infinity, cycle or too deep nesting (the keys on
 * the way by number), and for more than {@link MAX_JSON_VALUES} values or one that cannot be read.
 */
export function parseJsonValue(value: unknown, field: string): JsonValue {
  try {
    return copyValue(value, { field, budget: { left: MAX_JSON_VALUES } }, null);
  } catch (error) {
    if (InvalidInput.isInstance(error)) throw error;
    // A getter or a proxy of the caller's threw.
    throw new InvalidInput({ field, expected: 'a value that can be read', cause: error });
  }
}

/**
 * As {@link parseJsonValue} for values that must be an object; undefined gives an empty object.
 * @throws INVALID_INPUT
 */
export function parseJsonObject(value: unknown, field: string): JsonObject {
  if (value === undefined) return {};
  const copy = parseJsonValue(value, field);
  if (isJsonObject(copy)) return copy;
  throw new InvalidInput({ field, expected: 'an object' });
}

/** Tells an object from the other JSON values. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as text a person or a model can read: strings as they are, everything else as compact JSON. */
export function toText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value as JSON text that does not depend on the order of keys: equal values have equal texts, and others have others. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}

function copyValue(value: unknown, walk: Walk, place: Place | null): JsonValue {
  walk.budget.left -= 1;
  if (walk.budget.left < 0) throw unfit(walk, place, `at most ${MAX_JSON_VALUES} values in all`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no negative zero; keeping it would make the copy differ from what is read back.
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      throw unfit(walk, place, `a finite number, got ${value}`);
    case 'object':
      return value === null ? null : copyObject(value, walk, place);
    default:
      throw unfit(walk, place, `a JSON value, got ${typeof value}`);
  }
}

function copyObject(value: object, walk: Walk, outer: Place | null): JsonValue {
  for (let place = outer; place !== null; place = place.outer)
    if (place.container === value) throw unfit(walk, outer, 'a value without cycles');
  const depth = outer === null ? 1 : outer.depth + 1;
  if (depth > MAX_JSON_DEPTH)
    throw unfit(walk, outer, `at most ${MAX_JSON_DEPTH} levels of nesting`);
  const place: Place = { container: value, outer, depth, index: NOWHERE };
  if (Array.isArray(value)) return copyItems(value, walk, place);
  const bytes = bytesOf(value);
  if (bytes !== null) return bytes.toString('base64');
  const own = askToJson(value, walk, outer);
  if (own !== NO_ANSWER) return copyValue(own, walk, place);
  if (!isPlainObject(value)) throw unfit(walk, outer, neededFor(value));
  return copyEntries(value, walk, place);
}

/** What is missing of an object that is no data; the usual slips are named. */
function neededFor(value: object): string {
  if (typeof Reflect.get(value, 'then') === 'function') return 'a value, got a promise: await it';
  if (Symbol.asyncIterator in value || 'getReader' in value)
    return 'a value, got a stream: give what it comes to, once it has ended';
  // Looked for, not read: reading it would begin a stream.
  if ('textStream' in value)
    return 'a value, got what streamText of the AI SDK gives: give each of its steps, which are to be awaited';
  if (typeof Reflect.get(value, 'json') === 'function')
    return 'a value, got a response of fetch: give what its json() gives';
  return 'a plain object, an array or a value with toJSON';
}

function copyItems(items: readonly unknown[], walk: Walk, place: Place): readonly JsonValue[] {
  const copy: JsonValue[] = [];
  // By index, since iterating methods such as `map` step over holes.
  for (let index = 0; index < items.length; index += 1) {
    place.index = index;
    // JSON writes a hole or undefined in an array as null; keeping that keeps the positions of the others.
    copy.push(copyValue(items[index] ?? null, walk, place));
  }
  return copy;
}

function copyEntries(value: object, walk: Walk, place: Place): JsonObject {
  const copy: Record<string, JsonValue> = {};
  const keys = Object.keys(value);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    const item: unknown = Reflect.get(value, key);
    if (item === undefined) continue;
    place.index = index;
    setOwn(copy, key, copyValue(item, walk, place));
  }
  return copy;
}

function unfit(walk: Walk, place: Place | null, expected: string): InvalidInput {
  return new InvalidInput({ field: fieldAt(walk.field, place), expected });
}

function fieldAt(field: string, place: Place | null): string {
  if (place === null) return field;
  const outer = fieldAt(field, place.outer);
  const { container, index } = place;
  // The answer of a `toJSON` stands where its object stood.
  if (index === NOWHERE) return outer;
  if (Array.isArray(container)) return `${outer}[${index}]`;
  return `${outer}${outer === '' ? '' : '.'}${keyName(index)}`;
}

function setOwn(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== '__proto__') {
    target[key] = value;
    return;
  }
  // Plain assignment to this key would change the prototype instead of adding an entry.
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function askToJson(value: object, walk: Walk, place: Place | null): unknown {
  const toJson: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJson !== 'function') return NO_ANSWER;
  try {
    return Reflect.apply(toJson, value, ['']);
  } catch (cause) {
    const field = fieldAt(walk.field, place);
    throw new InvalidInput({ field, expected: 'a value whose toJSON works', cause });
  }
}

/** A buffer's `toJSON` would give each byte as a number. */
function bytesOf(value: object): Buffer | null {
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  // By name, since test runners have them of another realm; signed numbers and those of other widths are no bytes.
  if (!ArrayBuffer.isView(value)) return null;
  if (!BYTE_ARRAYS.has(Reflect.get(value, Symbol.toStringTag))) return null;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Object.getPrototypeOf(prototype) === null
  );
}
