import { isJsonObject, type JsonObject } from './json.ts';

/** The part of an event's metadata in which guards keep what they decided. */
export const GUARD_METADATA = 'guards';

/** Whether a call failed, as it was recorded with it; null where nothing was. */
export function notedFailure(metadata: JsonObject): boolean | null {
  const guards = metadata[GUARD_METADATA];
  const hasFailed = isJsonObject(guards) ? guards['hasFailed'] : null;
  return typeof hasFailed === 'boolean' ? hasFailed : null;
}
