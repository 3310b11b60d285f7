import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { resultType, shorten, summarizeResult } from './result-summary.ts';
import { secretWords } from './command-secrets.ts';
import { isSecretName } from './secret-name.ts';
import { holdsSecret } from './secret-text.ts';

const REDACTED = '[redacted]';
const MAX_TEXT = 500;
/** What is kept, and as much again and more for a secret that begins there. */
const MAX_SCANNED = 2_000;
const MAX_ITEMS = 20;
const MAX_DEPTH = 6;
/** Cards have 15 digits at least where nothing is between them. */
const LEAST_CARD = 1e14;
/** Of a list, how much of each item is looked at for what follows it. */
const MAX_WORD = 200;
const ONE_WORD = /^[\p{L}\p{M}\p{N}_.-]{1,64}$/u;
const FEW_WORDS = /^[\p{L}\p{M}\p{N}_.-]{1,64}(?: [\p{L}\p{M}\p{N}_.-]{1,64}){0,2}$/u;
/** What the name of a pair stands under, as in lists of headers and fields. */
const NAME_KEYS: ReadonlySet<string> = new Set(
  'name key k header field param parameter property attribute variable option setting label'.split(
    ' ',
  ),
);
const VALUE_KEYS: ReadonlySet<string> = new Set('value values v val content data text'.split(' '));

/** Arguments as they are remembered: values that are or look like secrets taken out, long texts and lists cut. */
export function rememberedArguments(args: JsonObject): JsonObject {
  return rememberedObject(args, 1, Infinity);
}

/** A value as it is remembered; see {@link rememberedArguments}. */
export function rememberedValue(value: JsonValue): JsonValue {
  return remembered(value, 0);
}

/** A text as it is remembered: nothing of it when it looks as if it held a secret, else its first 500 characters. */
export function rememberedText(text: string): string {
  return holdsSecret(text.slice(0, MAX_SCANNED)) ? REDACTED : shorten(text, MAX_TEXT);
}

/** A result in short as it is remembered, and what it is. */
export function rememberedResult(result: JsonValue): {
  readonly summary: string;
  readonly type: string;
} {
  const told = toldOf(result);
  return { summary: rememberedText(summarizeResult(told)), type: resultType(told) };
}

/** What a summary tells of a result, remembered: before it is cut, since half of a secret does not look like one. */
function toldOf(result: JsonValue): JsonValue {
  if (typeof result === 'string') return rememberedText(result);
  if (!isJsonObject(result)) return result;
  const { status, error, result: inner } = result;
  if (status !== undefined) return { ...result, status: remembered(status, 1) };
  if (error !== undefined) return { ...result, error: remembered(error, 1) };
  return inner === undefined ? result : { ...result, result: toldOf(inner) };
}

function remembered(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return rememberedText(value);
  if (typeof value === 'number') return isCard(value) ? REDACTED : value;
  if (depth >= MAX_DEPTH && typeof value === 'object' && value !== null) return '...';
  if (isJsonObject(value)) return rememberedObject(value, depth + 1, MAX_ITEMS);
  if (!isList(value)) return value;
  const secrets = secretItems(value);
  return value
    .slice(0, MAX_ITEMS)
    .map((item, index) => (secrets.has(index) ? REDACTED : remembered(item, depth + 1)));
}

function isCard(value: number): boolean {
  return value >= LEAST_CARD && holdsSecret(String(value));
}

function rememberedObject(value: JsonObject, depth: number, maxItems: number): JsonObject {
  const isPair = namesSecret(value);
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      rememberedText(name),
      isSecretName(name) || (isPair && VALUE_KEYS.has(name.toLowerCase()))
        ? REDACTED
        : remembered(item, depth),
    ]),
  );
}

function namesSecret(pair: JsonObject): boolean {
  return Object.entries(pair).some(
    ([key, name]) => NAME_KEYS.has(key.toLowerCase()) && isSecretText(name, FEW_WORDS),
  );
}

/** Which items of a list are secrets by what stands before them: as in a command, in pairs, and in lists of headers. */
function secretItems(list: readonly JsonValue[]): ReadonlySet<number> {
  const shown = list.slice(0, MAX_ITEMS + 1);
  const words = shown.map((item) => (typeof item === 'string' ? item.slice(0, MAX_WORD) : ''));
  const named = words.flatMap((word, index) =>
    isSecretText(word, ONE_WORD) && isValueBehind(list, index) ? [index + 1] : [],
  );
  return new Set([...secretWords(words), ...named]);
}

/** Other lists are of names alone, unless something else stands behind one. */
function isValueBehind(list: readonly JsonValue[], index: number): boolean {
  const [name, next] = list.slice(index, index + 2);
  if (list.length === 2 || typeof next === 'number') return true;
  const isHyphened = typeof name === 'string' && name.includes('-');
  const isHeader = isHyphened && list.length % 2 === 0 && index % 2 === 0;
  return typeof next === 'string' && (isHeader || /\d/.test(next));
}

function isSecretText(value: JsonValue | undefined, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value) && isSecretName(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
