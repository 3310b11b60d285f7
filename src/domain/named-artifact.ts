import { isJsonObject } from './json.ts';
import type { SessionEvent } from './session-event.ts';

/** What the guards keep with the record of a call is under this key of its metadata. */
export const GUARD_METADATA = 'guards';
/** The part of it that names a snapshot of what the log says of tools. */
export const SNAPSHOT_METADATA = 'snapshot';

/** The snapshot of tools that an event names; null when it names none. */
export function snapshotNamedBy({ metadata }: Pick<SessionEvent, 'metadata'>): string | null {
  const guards = metadata[GUARD_METADATA];
  const name = isJsonObject(guards) ? guards[SNAPSHOT_METADATA] : undefined;
  return typeof name === 'string' ? name : null;
}

/** Whether an event names anything in an artifact store: content that was too large for it, or a snapshot of tools. */
export function namesArtifact(event: Pick<SessionEvent, 'archive' | 'metadata'>): boolean {
  return event.archive !== undefined || snapshotNamedBy(event) !== null;
}
