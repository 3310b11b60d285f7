import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isDataText, isDataUrl, mediaTypeIn, nameOfType } from './media-data.ts';

/** Media lie three or four levels deep: a result, its content, a part, its source. */
const MAX_DEPTH = 8;
/** Shorter data may stay where it is. */
const MIN_LENGTH = 256;

/** Fields of media that hold data, in objects that say of what type those are. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  'data',
  'image',
  'bytes',
  'base64',
  'base64Data',
  'uint8Array',
  'uint8ArrayData',
]);
const TYPE_KEYS = ['mimeType', 'mime_type', 'mediaType', 'media_type'];
const FORMATS: ReadonlyMap<JsonValue | undefined, string> = new Map([
  ...['wav', 'mp3', 'flac', 'opus', 'ogg', 'aac', 'pcm16'].map(
    (format) => [format, 'audio/'] as const,
  ),
  ...['png', 'jpeg', 'jpg', 'gif', 'webp'].map((format) => [format, 'image/'] as const),
  ['pdf', 'application/pdf'],
]);
/** A field of OpenAI's that holds nothing else than a picture. */
const OPENAI_DATA = 'b64_json';
/** Fields that hold data also where nothing says of what type. */
const SURE_KEYS: ReadonlySet<string> = new Set([OPENAI_DATA, 'blob', 'file_data']);
const MEDIA_TYPES: ReadonlySet<JsonValue | undefined> = new Set([
  'image',
  'audio',
  'file',
  'document',
  'media',
  'image-data',
  'file-data',
  'base64',
]);

/**
 * A value as a model is to read it: data in its fields of media, which as text would be base64, are named in brackets, and all that is
 * said beside them stays. The value itself when it holds none.
 */
export function withoutData(value: JsonValue): JsonValue {
  return named(value, 0);
}

function named(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string')
    return isLong(value) && isDataUrl(value) ? inBrackets(value, '') : value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  return isJsonObject(value) ? namedEntries(value, depth) : namedItems(value, depth);
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

function namedEntries(value: JsonObject, depth: number): JsonValue {
  let copy: { [key: string]: JsonValue } | null = null;
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null;
    const shown = isData(value, key, item)
      ? inBrackets(item, key === OPENAI_DATA ? 'image/' : typeIn(value))
      : named(item, depth + 1);
    if (shown === item) continue;
    copy ??= { ...value };
    copy[key] = shown;
  }
  return copy ?? value;
}

function isData(holder: JsonObject, key: string, item: JsonValue): item is string {
  if (typeof item !== 'string' || !isLong(item)) return false;
  if (SURE_KEYS.has(key)) return isDataText(item);
  if (!DATA_KEYS.has(key)) return false;
  const isOfMedium = MEDIA_TYPES.has(holder['type']) || typeIn(holder) !== '';
  return isOfMedium && isDataText(item);
}

function isLong({ length }: string): boolean {
  return length >= MIN_LENGTH;
}

function typeIn(holder: JsonObject): string {
  for (const key of TYPE_KEYS) {
    const declared = holder[key];
    if (typeof declared === 'string' && declared !== '') return declared;
  }
  const { type, format } = holder;
  const ofFormat = FORMATS.get(format);
  if (ofFormat !== undefined) return ofFormat;
  return type === 'image' || type === 'audio' ? `${type}/` : '';
}

function inBrackets(data: string, mediaType: string): string {
  return `[${nameOfType(mediaTypeIn(data) || mediaType)}]`;
}
