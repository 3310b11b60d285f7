import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { resultType, shorten, summarizeResult } from './result-summary.ts';
import { secretWords } from './command-secrets.ts';
import { isSecretName, secrecyOf } from './secret-name.ts';
import { holdsSecret } from './secret-text.ts';
import { isPlaceholder, isSecretValue, isStandIn } from './secret-value.ts';

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
/** What the name of a pair stands under, as in lists of headers, fields of forms and columns. */
const NAME_KEYS: ReadonlySet<string> = new Set(
  'name key k header field param parameter property attribute variable option setting label selector element locator id column'.split(
    ' ',
  ),
);
const VALUE_KEYS: ReadonlySet<string> = new Set(
  'value values v val content data text newvalue new_value'.split(' '),
);
/** The last name of a selector or a path: `#password`, `input[name="password"]`, `/users/1/password`. */
const LAST_NAME = /[^#/[\]="'*:]*(?=["'\]*: ]{0,8}$)/;
/** A file of a program has what it is about in its name. */
const SOURCE_FILE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|rs|go|java|kts?|scala|rb|php|cs|cpp|cc|c|hpp|h|swift|dart|s?css|less|html?|mdx?|sql)$/i;
/** Under these a list is of names alone. */
const NAME_LISTS: ReadonlySet<string> = new Set(
  'columns tables fields labels tags names keys select order_by orderby group_by groupby required'.split(
    ' ',
  ),
);
/** Under these a command is divided into its program and the words behind it, as by tools that start programs. */
const PROGRAM_KEYS = ['command', 'cmd', 'program', 'executable', 'file'] as const;
const WORD_KEYS: ReadonlySet<string> = new Set('args argv arguments params'.split(' '));

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
  return rememberedItem(value, { depth, secrets: secretItems });
}

function rememberedItem(
  value: JsonValue,
  { depth, secrets }: { readonly depth: number; readonly secrets: SecretItems },
): JsonValue {
  if (typeof value === 'string') return rememberedText(value);
  if (typeof value === 'number') return isCard(value) ? REDACTED : value;
  if (depth >= MAX_DEPTH && typeof value === 'object' && value !== null) return '...';
  if (isJsonObject(value)) return rememberedObject(value, depth + 1, MAX_ITEMS);
  if (!isList(value)) return value;
  const found = secrets(value);
  return value
    .slice(0, MAX_ITEMS)
    .map((item, index) => (found.has(index) ? REDACTED : remembered(item, depth + 1)));
}

function isCard(value: number): boolean {
  return value >= LEAST_CARD && holdsSecret(String(value));
}

function rememberedObject(value: JsonObject, depth: number, maxItems: number): JsonObject {
  const pairName = pairNameOf(value);
  const program = programOf(value);
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([name, item]) => [
      rememberedText(name),
      isSecretUnder(name, item) ||
      (pairName !== null && VALUE_KEYS.has(name.toLowerCase()) && isSecretOfPair(item, pairName))
        ? REDACTED
        : rememberedUnder(name, { item, depth, program }),
    ]),
  );
}

function rememberedUnder(
  name: string,
  {
    item,
    depth,
    program,
  }: { readonly item: JsonValue; readonly depth: number; readonly program: readonly string[] },
): JsonValue {
  const key = name.toLowerCase();
  if (NAME_LISTS.has(key)) return rememberedItem(item, { depth, secrets: () => new Set() });
  if (program.length === 0 || !WORD_KEYS.has(key)) return remembered(item, depth);
  if (typeof item === 'string' && holdsSecret(`${program.join(' ')} ${item}`)) return REDACTED;
  return rememberedItem(item, { depth, secrets: (list) => secretItems(list, program) });
}

/** Whether what stands under a name is its secret: not what says that there is none, nor of which type it is. */
function isSecretUnder(name: string, value: JsonValue): boolean {
  const secrecy = secrecyOf(name);
  if (secrecy === 'none' || value === null || typeof value === 'boolean') return false;
  if (typeof value === 'number') return isSecretValue(String(value), name);
  if (typeof value === 'string') return value !== '' && (/\s/.test(value) || !isPlaceholder(value));
  if (secrecy !== 'sure') return isList(value) && !value.every((item) => isJsonObject(item));
  return !isJsonObject(value) || !isSchema(value);
}

function isSchema(value: JsonObject): boolean {
  const { type } = value;
  if (typeof type !== 'string' || !isStandIn(type)) return false;
  return !Object.keys(value).some((key) => VALUE_KEYS.has(key.toLowerCase()));
}

/** Titles and labels are in pairs, too: a word that names parts of pages as well needs a value that looks like a secret. */
function isSecretOfPair(value: JsonValue, name: string): boolean {
  if (secrecyOf(name) === 'sure' || typeof value !== 'string') return isSecretUnder(name, value);
  return isSecretValue(value, name);
}

function pairNameOf(pair: JsonObject): string | null {
  for (const [key, name] of Object.entries(pair)) {
    const isName = NAME_KEYS.has(key.toLowerCase()) || (key === 'path' && 'op' in pair);
    if (!isName || typeof name !== 'string' || SOURCE_FILE.test(name)) continue;
    const last = LAST_NAME.exec(name.slice(-MAX_WORD))?.[0].trim() ?? '';
    if (isSecretText(last, FEW_WORDS)) return last;
  }
  return null;
}

function programOf(call: JsonObject): readonly string[] {
  for (const key of PROGRAM_KEYS) {
    const program = call[key];
    if (typeof program === 'string') return program.slice(0, MAX_WORD).split(/\s+/);
  }
  return [];
}

/** Which items of a list are secrets by what stands before them: as in a command, in pairs, and in lists of headers. */
function secretItems(
  list: readonly JsonValue[],
  program: readonly string[] = [],
): ReadonlySet<number> {
  const shown = list.slice(0, MAX_ITEMS + 1);
  const words = shown.map((item) => (typeof item === 'string' ? item.slice(0, MAX_WORD) : ''));
  const named = words.flatMap((word, index) =>
    isSecretText(word, ONE_WORD) && isValueBehind(list, index) ? [index + 1] : [],
  );
  const optional = [...secretWords([...program, ...words])].map((index) => index - program.length);
  return new Set([...optional, ...named]);
}

/** Other lists are of names alone, unless something else stands behind one. */
function isValueBehind(list: readonly JsonValue[], index: number): boolean {
  const [name, next] = list.slice(index, index + 2);
  if (typeof name !== 'string') return false;
  if (typeof next === 'number') return isSecretUnder(name, next);
  if (list.length === 2) return next !== undefined && isSecretOfPair(next, name);
  const isHeader = name.includes('-') && list.length % 2 === 0 && index % 2 === 0;
  return typeof next === 'string' && (isHeader || /\d/.test(next));
}

function isSecretText(text: string, form: RegExp): boolean {
  return form.test(text) && isSecretName(text);
}

/** Which items of a list are secrets. */
type SecretItems = (list: readonly JsonValue[]) => ReadonlySet<number>;

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
