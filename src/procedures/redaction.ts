import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { shorten } from './result-summary.ts';

const SECRET_NAME =
  /pass(?:word|wd|phrase|code)?$|secret|token$|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie|^pin$|cvv|cvc|ssn/i;
const SECRET_VALUE =
  /\bBearer\s+\S{8,}|\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\b(?:sk|pk|ghp|gho|xox[abp])[-_][\w-]{16,}|:\/\/[^\s/:@]+:[^\s/:@]+@/;
const REDACTED = '[redacted]';
const MAX_TEXT = 500;
const MAX_ITEMS = 20;
const MAX_DEPTH = 6;

/** Arguments as they are remembered: values that are or look like secrets taken out, long texts and lists cut. */
export function rememberedArguments(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? REDACTED : remembered(value, 1),
    ]),
  );
}

/** A text as it is remembered: nothing of it when it looks as if it held a secret, else its first 500 characters. */
export function rememberedText(text: string): string {
  return SECRET_VALUE.test(text) ? REDACTED : shorten(text, MAX_TEXT);
}

function remembered(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return rememberedText(value);
  if (depth >= MAX_DEPTH && typeof value === 'object' && value !== null) return '...';
  if (isJsonObject(value)) {
    const entries = Object.entries(value).slice(0, MAX_ITEMS);
    return Object.fromEntries(
      entries.map(([name, item]) => [
        name,
        SECRET_NAME.test(name) ? REDACTED : remembered(item, depth + 1),
      ]),
    );
  }
  return isList(value)
    ? value.slice(0, MAX_ITEMS).map((item) => remembered(item, depth + 1))
    : value;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
