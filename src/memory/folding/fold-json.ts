import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/json.ts';
import { type FoldCounting, tokensOf } from './fold-counting.ts';
import type { InterestOf } from './json-interest.ts';
import { wordBorder } from './text-unit.ts';

/** What is left of a JSON value. */
export interface FoldedJson {
  readonly content: JsonValue;
  /** Of its compact JSON text. */
  readonly tokens: number;
}

/** How much of a value is kept. */
export interface JsonLimits {
  readonly maxStringLength: number;
  readonly maxItems: number;
  readonly maxKeys: number;
  readonly maxDepth: number;
}

/**
 * Steps from wide to narrow; each leaves about three quarters of the one before. Depth is the last to go: a list of objects
 * without the objects is only a number.
 */
const STEPS: readonly JsonLimits[] = Array.from({ length: 20 }, (_, step) => ({
  maxStringLength: Math.max(12, Math.round(600 * 0.75 ** step)),
  maxItems: Math.max(1, Math.round(40 * 0.75 ** step)),
  maxKeys: Math.max(2, Math.round(80 * 0.8 ** step)),
  maxDepth: Math.max(step < 18 ? 2 : 1, 12 - step),
}));

/** Ids, hashes and the like mean nothing in halves, so that only longer ones are cut. */
const MAX_WORD_LENGTH = 64;
/** Keys that tell what an object is. */
const TELLING_KEY =
  /^(?:.*_?ids?|.*Ids?|key|name|title|type|kind|status|state|code|errors?|message|reason|result|success|ok|count|total|url)$/;

/**
 * A JSON value in at most `maxTokens`: keys and shape stay as far as there is room, strings and arrays are shortened with a
 * note of how much is missing, failures and what matters to the focus stay longest. Null when even the least is too long.
 */
export function foldJson(
  value: JsonValue,
  options: {
    readonly maxTokens: number;
    readonly interestOf: InterestOf;
    readonly counting: FoldCounting;
  },
): FoldedJson | null {
  for (const limits of STEPS) {
    const content = shortenJson(value, limits, options.interestOf);
    const tokens = tokensOf(JSON.stringify(content), options.counting);
    if (tokens <= options.maxTokens) return { content, tokens };
  }
  return null;
}

/** A JSON value within limits, its strings and arrays shortened with a note of how much is missing. */
export function shortenJson(
  value: JsonValue,
  limits: JsonLimits,
  interestOf: InterestOf = () => 0,
): JsonValue {
  return shorten(value, { limits, depth: 0, interestOf });
}

interface Place {
  readonly limits: JsonLimits;
  readonly depth: number;
  readonly interestOf: InterestOf;
}

function shorten(value: JsonValue, place: Place): JsonValue {
  if (typeof value === 'string') return shortenText(value, place.limits.maxStringLength);
  if (typeof value !== 'object' || value === null) return value;
  const size = isJsonObject(value) ? Object.keys(value).length : value.length;
  if (size > 0 && place.depth >= place.limits.maxDepth) return sizeNote(value, size);
  const below = { ...place, depth: place.depth + 1 };
  return isJsonObject(value) ? shortenObject(value, below) : shortenArray(value, below);
}

function sizeNote(value: object, size: number): string {
  return Array.isArray(value) ? `[${size} items]` : `{${size} keys}`;
}

function shortenText(text: string, maxLength: number): string {
  const isWord = text.length <= MAX_WORD_LENGTH && !/\s/.test(text);
  if (isWord || text.length <= maxLength) return text;
  const head = text.slice(0, wordBorder(text, 0, maxLength)).trimEnd();
  const short = `${head}... ${text.length - head.length} more characters`;
  return short.length < text.length ? short : text;
}

function shortenArray(items: readonly JsonValue[], place: Place): readonly JsonValue[] {
  const { maxItems } = place.limits;
  const kept = mostTelling(items.length, maxItems, (index) =>
    place.interestOf(items[index] ?? null),
  );
  const short = kept.map((index) => shorten(items[index] ?? null, place));
  const missing = items.length - kept.length;
  return missing === 0 ? short : [...short, `... ${missing} more`];
}

function shortenObject(value: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(value);
  const kept = mostTelling(entries.length, place.limits.maxKeys, (index) => {
    const [key = '', item = null] = entries[index] ?? [];
    const isTelling = TELLING_KEY.test(key) || typeof item === 'number';
    return 2 * place.interestOf(item, key) + (isTelling ? 1 : 0);
  });
  const short = kept.map((index): [string, JsonValue] => {
    const [key = '', item = null] = entries[index] ?? [];
    return [key, shorten(item, place)];
  });
  const missing = entries.length - kept.length;
  if (missing > 0) short.push([noteKey(value), `${missing} more keys`]);
  // Unlike assignment this also makes an entry of a key named `__proto__`.
  return Object.fromEntries(short);
}

/** A key for the note that the object does not have itself. */
function noteKey(value: JsonObject): string {
  let key = '...';
  while (Object.hasOwn(value, key)) key += '.';
  return key;
}

/** The places of the `count` entries that rank highest, the first of equals, in their order. */
function mostTelling(
  length: number,
  count: number,
  rankOf: (index: number) => number,
): readonly number[] {
  const places = Array.from({ length }, (_, index) => index);
  if (length <= count) return places;
  const ranks = places.map(rankOf);
  return places
    .toSorted((one, other) => (ranks[other] ?? 0) - (ranks[one] ?? 0) || one - other)
    .slice(0, count)
    .toSorted((one, other) => one - other);
}
