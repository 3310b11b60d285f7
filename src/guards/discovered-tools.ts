import { isJsonObject, type JsonValue } from '../domain/json.ts';

const LIST_KEYS = ['results', 'result', 'tools', 'schemas', 'schema'];
const MAX_NAMES = 200;

/** The names of tools that a search for tools found, in the forms in which such results come; the first 200. */
export function toolNamesIn(result: JsonValue): readonly string[] {
  return [...new Set(namesOf(result))].slice(0, MAX_NAMES);
}

function namesOf(value: JsonValue): readonly string[] {
  if (isList(value)) return value.flatMap((item) => nameOf(item));
  if (!isJsonObject(value)) return [];
  const lists = LIST_KEYS.map((key) => value[key]).filter((item) => item !== undefined);
  return [...nameOf(value['function'] ?? null), ...lists.flatMap((item) => namesOrName(item))];
}

function namesOrName(value: JsonValue): readonly string[] {
  return isList(value) ? namesOf(value) : nameOf(value);
}

function nameOf(value: JsonValue): readonly string[] {
  if (!isJsonObject(value)) return [];
  const { name } = value;
  if (typeof name === 'string' && name !== '') return [name];
  return nameOf(value['function'] ?? null);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
