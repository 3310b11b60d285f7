import type { NewEvent } from './command.ts';
import { canonicalJson } from './json.ts';

/** FNV-1a, 32 bits: offset basis and prime of its authors. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * What tells two events apart that claim to be one: who said what kind of thing, its length and a hash of its text. Two
 * different texts agree with a chance of one in four thousand million, and only matter under one idempotency key. Objects are
 * the same whatever the order of their keys, since whoever repeats a call may build them anew.
 */
export function fingerprintOf(
  event: Pick<NewEvent, 'source' | 'type' | 'message' | 'archive'>,
): string {
  const { message, archive } = event;
  // Whoever repeats a call may leave less, or more, of it in the record.
  if (archive?.fingerprint !== undefined) return archive.fingerprint;
  const text = typeof message === 'string' ? message : canonicalJson(message);
  return `${event.source}.${event.type}.${text.length.toString(36)}.${hashOf(text).toString(36)}`;
}

function hashOf(text: string): number {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash >>> 0;
}
