import { isJsonObject, type JsonObject, type JsonValue, toText } from '../domain/json.ts';

/** What a name stands for; undefined where it stands for nothing. */
export type LookUp = (name: string) => JsonValue | undefined;

/** Arguments with values in the place of references. */
export interface ResolvedArguments {
  readonly arguments: JsonObject;
  /** Names that were replaced, each once, in the order of their first use. */
  readonly used: readonly string[];
  /** Names such as `v7` that stand for nothing, without the dollar sign, each once; they are left as they were. */
  readonly missing: readonly string[];
}

// `$$v1` is the text `$v1`. Names may have letters of any script; the brace belongs to the reference only where both are there.
const REFERENCE = /\$(\$)?(?:\{([\p{L}_][\p{L}\p{N}_]*)\}|\{?([\p{L}_][\p{L}\p{N}_]*))/gu;
const BINDING_NAME = /^v\d+$/;
/** No alias has the form of an id in whatever case, so that this is an id or a text. */
const BINDING_NAME_IN_CAPITALS = /^V\d+$/;
const NO_NAMES: ReadonlySet<string> = new Set();

/** Whether a name has the form of a binding's id; any other unknown name is ordinary text such as a currency. */
export function isBindingName(name: string): boolean {
  return BINDING_NAME.test(name);
}

/** The names that a text refers to, or may refer to, in their order: `v1` for `$V1`. */
export function referenceNames(text: string): readonly string[] {
  if (!text.includes('$')) return [];
  return [...text.matchAll(REFERENCE)]
    .filter(([, escape]) => escape === undefined)
    .map(([, , braced, bare]) => nameOf(braced, bare));
}

/** The name that a reference may mean: `$V1` is `$v1`. */
function nameOf(braced: string | undefined, bare: string | undefined): string {
  const name = braced ?? bare ?? '';
  return BINDING_NAME_IN_CAPITALS.test(name) ? name.toLowerCase() : name;
}

/** The name that a reference means: engines and variables of a shell are called `$V8` too, so one in capitals needs a value to be an id. */
function meantName(braced: string | undefined, bare: string | undefined, lookUp: LookUp): string {
  const name = nameOf(braced, bare);
  return lookUp(name) === undefined ? (braced ?? bare ?? '') : name;
}

/**
 * Puts values in the place of references, in nested arguments too, never in keys. A text that is nothing but a reference
 * becomes the value itself, with its type; inside of a text the value is written out. One reference that stands for nothing
 * does not keep the others from being replaced.
 */
export function resolveReferences(argumentsOfCall: JsonObject, lookUp: LookUp): ResolvedArguments {
  if (!mayRefer(argumentsOfCall)) return { arguments: argumentsOfCall, used: [], missing: [] };
  const walk: Walk = { lookUp, data: NO_NAMES, used: new Set(), missing: new Set() };
  const resolved = resolveObject(argumentsOfCall, walk);
  return { arguments: resolved, used: [...walk.used], missing: [...walk.missing] };
}

/**
 * Arguments that a guard offers in the place of those before, with values in the place of references of its own. Texts with names
 * that stood there before are data: what a value holds is never a reference.
 */
export function resolveOffered(
  offered: JsonObject,
  before: JsonObject,
  lookUp: LookUp,
): JsonObject {
  if (!mayRefer(offered)) return offered;
  const data = new Set(mentionedNames(JSON.stringify(before)));
  const walk: Walk = { lookUp, data, used: new Set(), missing: new Set() };
  return resolveObject(offered, walk);
}

/** Most arguments refer to nothing, and to see that takes no copies. */
function mayRefer(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('$');
  if (typeof value !== 'object' || value === null) return false;
  if (isList(value)) return value.some(mayRefer);
  for (const key in value) if (mayRefer(value[key] ?? null)) return true;
  return false;
}

interface Walk {
  readonly lookUp: LookUp;
  /** Names in texts that are left as they are. */
  readonly data: ReadonlySet<string>;
  readonly used: Set<string>;
  readonly missing: Set<string>;
}

function resolveObject(value: JsonObject, walk: Walk): JsonObject {
  const entries = Object.entries(value);
  const resolved = entries.map(([key, item]) => [key, resolveValue(item, walk)] as const);
  if (resolved.every(([, item], index) => item === entries[index]?.[1])) return value;
  return Object.fromEntries(resolved);
}

function resolveValue(value: JsonValue, walk: Walk): JsonValue {
  if (typeof value === 'string') return value.includes('$') ? resolveText(value, walk) : value;
  if (isJsonObject(value)) return resolveObject(value, walk);
  if (!isList(value)) return value;
  const resolved = value.map((item) => resolveValue(item, walk));
  return resolved.every((item, index) => item === value[index]) ? value : resolved;
}

function resolveText(text: string, walk: Walk): JsonValue {
  if (walk.data.size > 0 && mentionedNames(text).some((name) => walk.data.has(name))) return text;
  const [whole] = text.matchAll(REFERENCE);
  if (whole !== undefined && whole[1] === undefined && whole[0] === text) {
    const value = valueOf(meantName(whole[2], whole[3], walk.lookUp), walk);
    // Null is a value.
    return value === undefined ? text : value;
  }
  return text.replace(REFERENCE, (match: string, ...groups: readonly (string | undefined)[]) => {
    const [escape, braced, bare] = groups;
    const name = meantName(braced, bare, walk.lookUp);
    // Only what would have been a reference needs its second dollar sign taken away.
    if (escape !== undefined) return isKnown(name, walk) ? match.slice(1) : match;
    const value = valueOf(name, walk);
    return value === undefined ? match : toText(value);
  });
}

/** Names with a dollar sign before them, or two. */
function mentionedNames(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, , braced, bare]) => nameOf(braced, bare));
}

function isKnown(name: string, { lookUp }: Walk): boolean {
  return isBindingName(name) || lookUp(name) !== undefined;
}

function valueOf(name: string, { lookUp, used, missing }: Walk): JsonValue | undefined {
  const value = lookUp(name);
  if (value !== undefined) used.add(name);
  else if (isBindingName(name)) missing.add(name);
  return value;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
