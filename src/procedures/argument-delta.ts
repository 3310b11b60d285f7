import { canonicalJson } from '../domain/canonical-json.ts';
import { type JsonObject, type JsonValue, toText } from '../domain/json.ts';

/** How the arguments of one call differ from those of another; a part is there only when it holds something. */
export interface ArgumentDelta {
  readonly added?: JsonObject;
  /** Names in alphabetical order. */
  readonly removed?: readonly string[];
  readonly changed?: Readonly<Record<string, { readonly from: JsonValue; readonly to: JsonValue }>>;
}

const LONG_VALUE = 20;
const SHORT_VALUE = 15;
const MANY = 2;

/** What changed from one call's arguments to another's, names in alphabetical order; null when nothing did. */
export function argumentDelta(from: JsonObject, to: JsonObject): ArgumentDelta | null {
  const added = names(to).filter((name) => !Object.hasOwn(from, name));
  const removed = names(from).filter((name) => !Object.hasOwn(to, name));
  const changed = names(to).filter(
    (name) => Object.hasOwn(from, name) && !isSame(from[name] ?? null, to[name] ?? null),
  );
  if (added.length + removed.length + changed.length === 0) return null;
  return {
    ...(added.length === 0 ? {} : { added: pick(added, (name) => to[name] ?? null) }),
    ...(removed.length === 0 ? {} : { removed }),
    ...(changed.length === 0
      ? {}
      : { changed: pick(changed, (name) => ({ from: from[name] ?? null, to: to[name] ?? null })) }),
  };
}

/** A change in words: what was added, removed, and changed from what to what. */
export function describeDelta({ added = {}, removed = [], changed = {} }: ArgumentDelta): string {
  const parts = [
    Object.keys(added).length === 0 ? '' : `add ${Object.keys(added).join(', ')}`,
    removed.length === 0 ? '' : `remove ${removed.join(', ')}`,
    ...Object.entries(changed).map(
      ([name, { from, to }]) => `change ${name}: ${longText(from)} -> ${longText(to)}`,
    ),
  ];
  return parts.filter((part) => part !== '').join('; ') || 'unknown change';
}

/** A change in short, as in `+y; x:1->2`. */
export function compactDelta({ added = {}, removed = [], changed = {} }: ArgumentDelta): string {
  const addedNames = Object.keys(added);
  const changes = Object.entries(changed);
  const parts = [
    listed('+', addedNames),
    listed('-', removed),
    changes.length > MANY
      ? `~${changes.length} args`
      : changes
          .map(([name, { from, to }]) => `${name}:${shortText(from)}->${shortText(to)}`)
          .join(', '),
  ];
  return parts.filter((part) => part !== '').join('; ') || 'modified';
}

/** A value in at most 15 characters, the last two of a longer one dots. */
export function shortText(value: JsonValue): string {
  return cut(toText(value), SHORT_VALUE, '..');
}

/** A value in at most 20 characters, the last three of a longer one dots. */
export function longText(value: JsonValue): string {
  return cut(toText(value), LONG_VALUE, '...');
}

function listed(sign: string, list: readonly string[]): string {
  if (list.length === 0) return '';
  return list.length > MANY ? `${sign}${list.length} args` : `${sign}${list.join(', ')}`;
}

function cut(text: string, maxLength: number, end: string): string {
  if (text.length <= maxLength) return text;
  const kept = maxLength - end.length;
  const isSplit = (text.codePointAt(kept - 1) ?? 0) > 0xffff;
  return text.slice(0, isSplit ? kept - 1 : kept) + end;
}

function names(value: JsonObject): readonly string[] {
  return Object.keys(value).sort();
}

function pick<Value>(
  keys: readonly string[],
  valueOf: (key: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)]));
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  return canonicalJson(left) === canonicalJson(right);
}
