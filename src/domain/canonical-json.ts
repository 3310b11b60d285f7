import { type JsonObject, type JsonValue } from './json.ts';
import { textHash } from './text-hash.ts';

const BEYOND_ASCII = /[^\0-\x7f]/;
const DIGEST_CHARACTERS = 65_536;
const FEW = 16;

/**
 * One text for all spellings of a value: keys sorted by UTF-16 units at every level, no blanks, numbers as JavaScript writes
 * them (`1.0` and `1` are one number), texts in Unicode's composed form (NFC).
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(composed(value));
  if (typeof value !== 'object' || value === null) return String(value);
  const form = formOf(value);
  if (form === IN_ORDER) return JSON.stringify(value);
  // The engine writes JSON several times as fast as code can put it together, a copy with its keys in order included.
  return form === OUT_OF_ORDER ? JSON.stringify(inOrder(value)) : canonicalParts(value);
}

/** Sixteen hexadecimal digits for the arguments of a call, the same for all their spellings; for telling apart, not for secrets. */
export function argumentsHash(argumentsOfCall: JsonObject): string {
  return textHash(canonicalJson(argumentsOfCall));
}

/**
 * Sixteen hexadecimal digits for the text of a result. Of one beyond 65,536 characters its beginning, its end and its length
 * count, so that a large result costs no more than a small one.
 */
export function textDigest(text: string): string {
  if (text.length <= DIGEST_CHARACTERS) return textHash(text);
  const half = DIGEST_CHARACTERS / 2;
  return textHash(`${text.length}:${text.slice(0, half)}${text.slice(-half)}`);
}

/** How a value is written: as it is, with its keys in order, or part by part. */
type Form = typeof IN_ORDER | typeof OUT_OF_ORDER | typeof BY_PARTS;

const IN_ORDER = 0;
const OUT_OF_ORDER = 1;
/** Texts that have to be composed, and keys that an object keeps in an order of its own. */
const BY_PARTS = 2;

function formOf(value: JsonValue): Form {
  if (typeof value === 'string') return BEYOND_ASCII.test(value) ? BY_PARTS : IN_ORDER;
  if (typeof value !== 'object' || value === null) return IN_ORDER;
  return isList(value) ? formOfItems(value) : formOfEntries(value);
}

function formOfItems(items: readonly JsonValue[]): Form {
  let form: Form = IN_ORDER;
  for (const item of items) {
    const inner = formOf(item);
    if (inner === BY_PARTS) return inner;
    if (inner > form) form = inner;
  }
  return form;
}

function formOfEntries(value: JsonObject): Form {
  let form: Form = IN_ORDER;
  let before = '';
  for (const key in value) {
    if (!isPlainKey(key)) return BY_PARTS;
    const inner = formOf(value[key] ?? null);
    if (inner === BY_PARTS) return inner;
    if (inner > form || key < before) form = OUT_OF_ORDER;
    before = key;
  }
  return form;
}

function isPlainKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return !(first >= 0x30 && first <= 0x39) && key !== '__proto__' && !BEYOND_ASCII.test(key);
}

function inOrder(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(inOrder);
  const keys = Object.keys(value);
  sortFew(keys);
  const sorted: Record<string, JsonValue> = {};
  for (const key of keys) sorted[key] = inOrder(value[key] ?? null);
  return sorted;
}

function canonicalParts(value: readonly JsonValue[] | JsonObject): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const keys = Object.keys(value);
  if (keys.some((key) => BEYOND_ASCII.test(key))) return canonicalEntries(value);
  sortFew(keys);
  let text = '';
  for (const key of keys)
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`;
  return `{${text}}`;
}

function canonicalEntries(value: JsonObject): string {
  const entries = Object.keys(value).map((key) => [composed(key), key] as const);
  entries.sort(byText);
  const parts = entries.map(
    ([name, key]) => `${JSON.stringify(name)}:${canonicalJson(value[key] ?? null)}`,
  );
  return `{${parts.join(',')}}`;
}

/** Sorts by UTF-16 units. For the few keys of most objects this is a tenth of the work that `sort` prepares itself for. */
function sortFew(keys: string[]): void {
  if (keys.length > FEW) {
    keys.sort();
    return;
  }
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? '';
    let at = end;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Keys that differ only in form keep an order of their own, whichever came first. */
function byText(left: readonly [string, string], right: readonly [string, string]): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  return left[1] < right[1] ? -1 : 1;
}

function composed(text: string): string {
  return BEYOND_ASCII.test(text) ? text.normalize('NFC') : text;
}
