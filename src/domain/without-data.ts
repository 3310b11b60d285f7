import { chatMediumOf } from './chat-medium.ts';
import { isJsonObject, type JsonValue } from './json.ts';

/** Media lie three or four levels deep: a result, its content, a part, its source. */
const MAX_DEPTH = 8;

/**
 * A value as a model is to read it: the media in it, whose data as text would be base64, are named in brackets. The value itself when it
 * holds none.
 */
export function withoutData(value: JsonValue): JsonValue {
  return named(value, 0);
}

function named(value: JsonValue, depth: number): JsonValue {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (isArray(value)) return namedItems(value, depth);
  const medium = chatMediumOf(value);
  return medium?.hasData === true ? `[${medium.name}]` : namedEntries(value, depth);
}

function namedItems(items: readonly JsonValue[], depth: number): JsonValue {
  let copy: JsonValue[] | null = null;
  for (const [index, item] of items.entries()) {
    const shown = named(item, depth + 1);
    if (shown === item) continue;
    copy ??= [...items];
    copy[index] = shown;
  }
  return copy ?? items;
}

function namedEntries(value: Exclude<JsonValue, readonly JsonValue[]>, depth: number): JsonValue {
  if (!isJsonObject(value)) return value;
  let copy: { [key: string]: JsonValue } | null = null;
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null;
    const shown = named(item, depth + 1);
    if (shown === item) continue;
    copy ??= { ...value };
    copy[key] = shown;
  }
  return copy ?? value;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
