import { parseNumberText } from '../domain/number-text.ts';
import { isJsonObject, type JsonValue, toText } from '../domain/json.ts';
import { formatNumber } from './number-format.ts';

/** What kind of value a binding holds. */
export const VALUE_TYPES = ['number', 'string', 'list', 'object', 'unknown'] as const;
/** One of {@link VALUE_TYPES}. */
export type ValueType = (typeof VALUE_TYPES)[number];

/** A value that a tool gave, under a name that later calls can use. */
export interface ValueBinding {
  /** `v1`, `v2`, and so on, without the dollar sign; never used again for another value. */
  readonly id: string;
  readonly toolName: string;
  /** Stands for the arguments; see `argumentsHash`. */
  readonly argumentsHash: string;
  readonly value: JsonValue;
  readonly valueType: ValueType;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly aliases: readonly string[];
  readonly isUsed: boolean;
  /** Where it was used; each place once, the latest 20. */
  readonly usedIn: readonly string[];
}

const SHORT_STRING = 50;
const LIST_ITEMS = 3;
const LIST_CHARACTERS = 60;
const OBJECT_KEYS = 3;

/** What kind of value it is; texts that are numbers count as numbers, booleans and null do not. */
export function classifyValueType(value: JsonValue): ValueType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return parseNumberText(value) === null ? 'string' : 'number';
  if (Array.isArray(value)) return 'list';
  return isJsonObject(value) ? 'object' : 'unknown';
}

/**
 * The value as arguments take it: a text that is how a number is written as that number, anything else as it is. Of identifiers,
 * versions and amounts such as `1.10`, a number would lose digits.
 */
export function typedValue(binding: ValueBinding): JsonValue {
  const number = numberOf(binding);
  return number !== null && String(number) === binding.value ? number : binding.value;
}

/** The number that a binding stands for; null where it stands for none. */
export function numberOf({ value, valueType }: ValueBinding): number | null {
  if (valueType !== 'number') return null;
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseNumberText(value) : null;
}

/** One line for a model: name, value cut short, other names, producer. */
export function formatBinding(binding: ValueBinding): string {
  const { id, aliases, toolName } = binding;
  const names = aliases.length === 0 ? '' : ` (aka ${aliases.join(', ')})`;
  return `$${id} = ${shownValue(binding)}${names}  # from ${onOneLine(toolName)}`;
}

function shownValue(binding: ValueBinding): string {
  const value = typedValue(binding);
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return shownString(value);
  if (Array.isArray(value)) return shownList(value);
  if (isJsonObject(value)) return shownObject(Object.keys(value));
  return toText(value);
}

function shownString(text: string): string {
  const shown = text.length < SHORT_STRING ? text : `${cut(text, SHORT_STRING - 3)}...`;
  return `"${onOneLine(shown)}"`;
}

function shownList(items: readonly JsonValue[]): string {
  if (items.length > LIST_ITEMS) return `[${items.length} items]`;
  const parts = items.map((item) => JSON.stringify(item));
  return cut(`[${parts.join(', ')}]`, LIST_CHARACTERS);
}

function shownObject(keys: readonly string[]): string {
  if (keys.length === 0) return '{}';
  if (keys.length > OBJECT_KEYS) return `{object with ${keys.length} keys}`;
  const names = keys.map((key) => JSON.stringify(cut(key, SHORT_STRING)));
  return `{keys: [${names.join(', ')}]}`;
}

/** A line of a list must not be able to look like two. */
function onOneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** Never half of a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const isSplit = (text.codePointAt(length - 1) ?? 0) > 0xffff;
  return text.slice(0, isSplit ? length - 1 : length);
}
