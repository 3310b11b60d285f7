import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { resultType, shorten, summarizeResult } from './result-summary.ts';
import { isSecretName } from './secret-name.ts';

/** Forms of credentials that say themselves what they are. */
const SECRET_FORMS: readonly RegExp[] = [
  /\b[Bb]earer\s+\S{8,}|\b[Bb]asic\s+(?=\S*(?:[\d=]|[a-z][A-Z]))[\w+/=-]{8,}/,
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /\b(?:(?:sk|pk|rk|gh[opsru]|glpat|xox[abeoprs])[-_]|github_pat_|npm_)[\w-]{16,}/,
  /:\/\/[^\s/:@]+:[^\s/:@]+@|[?&#](?:key|code|access)=/,
  /\b(?:password|passphrase|passcode|pin|otp) is (?!\w+ed\b|(?:not|too|in|no|an?|the|wrong)\b)\S{3}/i,
  // One word of at least 32 mixed characters, or of 40 as keys of clouds are: nobody writes such a thing.
  /(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{32,}/,
  /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[\w/+]{40}(?![\w/+])/,
];
/** A name and its value in a text, as in JSON, in headers, in addresses, and as people write it. */
const ASSIGNMENT =
  /(?<name>[\p{L}_][\p{L}\p{N}_-]{0,63})["'\\]*\s{0,4}[:=]\s{0,4}["'\\]*(?!\[redacted\])(?:[{[]|[^\s"'\\]{3})/giu;
const REDACTED = '[redacted]';
const MAX_TEXT = 500;
/** What is kept, and as much again and more for a secret that begins there. */
const MAX_SCANNED = 2_000;
const MAX_ITEMS = 20;
const MAX_DEPTH = 6;
const ONE_WORD = /^[\w.-]{1,64}$/;
/** What the name of a pair stands under, as in lists of headers and fields. */
const NAME_KEYS = ['name', 'key', 'header', 'field'];
const VALUE_KEYS: ReadonlySet<string> = new Set(['value', 'values', 'content']);

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
  return holdsSecret(text) ? REDACTED : shorten(text, MAX_TEXT);
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
  if (depth >= MAX_DEPTH && typeof value === 'object' && value !== null) return '...';
  if (isJsonObject(value)) return rememberedObject(value, depth + 1, MAX_ITEMS);
  if (!isList(value)) return value;
  if (isSecretPair(value)) return [remembered(value[0] ?? null, depth + 1), REDACTED];
  return value.slice(0, MAX_ITEMS).map((item) => remembered(item, depth + 1));
}

function rememberedObject(value: JsonObject, depth: number, maxItems: number): JsonObject {
  const isPair = NAME_KEYS.some((key) => isSecretText(value[key]));
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      isSecretName(name) || (isPair && VALUE_KEYS.has(name.toLowerCase()))
        ? REDACTED
        : remembered(item, depth),
    ]),
  );
}

/** As `["Authorization", "Basic …"]`. */
function isSecretPair(list: readonly JsonValue[]): boolean {
  return list.length === 2 && isSecretText(list[0]);
}

function isSecretText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && ONE_WORD.test(value) && isSecretName(value);
}

function holdsSecret(whole: string): boolean {
  const text = whole.slice(0, MAX_SCANNED);
  if (SECRET_FORMS.some((form) => form.test(text))) return true;
  for (const { groups } of text.matchAll(ASSIGNMENT))
    if (isSecretName(groups?.['name'] ?? '')) return true;
  return false;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
