import { assertObject } from './argument.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Anything that carries a map of caller-defined entries: events and runs. */
interface WithMetadata {
  readonly metadata: JsonObject;
}

/** A copy with one entry set; an existing entry is replaced. */
export function setMetadata<T extends WithMetadata>(subject: T, key: string, value: JsonValue): T {
  assertSubject(subject);
  return { ...subject, metadata: { ...subject.metadata, [key]: value } };
}

/** The entry, or the fallback (null when not given). */
export function getMetadata(
  subject: WithMetadata,
  key: string,
  fallback: JsonValue = null,
): JsonValue {
  return hasMetadata(subject, key) ? (subject.metadata[key] ?? null) : fallback;
}

/** Whether there is such an entry, whatever its value. */
export function hasMetadata(subject: WithMetadata, key: string): boolean {
  assertSubject(subject);
  return Object.hasOwn(subject.metadata, key);
}

/** A copy without the entry; one that is not there is fine. */
export function removeMetadata<T extends WithMetadata>(subject: T, key: string): T {
  assertSubject(subject);
  return { ...subject, metadata: withoutKeys(subject.metadata, [key]) };
}

/** A copy with all given entries laid over the present ones (shallow). */
export function mergeMetadata<T extends WithMetadata>(subject: T, entries: JsonObject): T {
  assertSubject(subject);
  return { ...subject, metadata: { ...subject.metadata, ...entries } };
}

/** A copy without any entry. */
export function clearMetadata<T extends WithMetadata>(subject: T): T {
  assertSubject(subject);
  return { ...subject, metadata: {} };
}

function assertSubject(subject: WithMetadata): void {
  assertObject(subject, 'subject', { metadata: 'an object' });
}

/** A change to a map: entries to remove, then entries to set. */
export interface MapChange {
  readonly set: JsonObject;
  readonly remove: readonly string[];
}

/** The map after the change. */
export function applyMapChange(map: JsonObject, change: MapChange): JsonObject {
  return { ...withoutKeys(map, change.remove), ...change.set };
}

function withoutKeys(map: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}
