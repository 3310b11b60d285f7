import type { SessionKey } from '../domain/ids.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { SessionState } from '../domain/session-state.ts';
import { textHash } from '../domain/text-hash.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { decodeRecord, encodeRecord } from '../store/codec.ts';
import type { HistoryPoint, TimeToLive } from '../store/store.ts';

/** A session that is to be imported. */
export interface ImportLog {
  readonly key: SessionKey;
  readonly events: readonly LogEvent[];
  /** The state after each append. */
  readonly states: readonly SessionState[];
  /** When the session is to expire, counted from when it is written. */
  readonly timeToLive: TimeToLive;
}

/**
 * How much of an import a session holds: all of it, with or without what came after; its beginning and nothing else; a beginning
 * of which others changed the parent; or what is not of the import. `gone` when it is another session by now.
 */
export type Presence = 'whole' | 'beginning' | 'relinked' | 'of others' | 'gone';

/** The due time of what is no work but a mark: the last moment that a date can name. */
export const NEVER_MS = 8_640_000_000_000_000;

const READ_RECORDS = 1000;

/**
 * Id of the outbox entry that a session holds as long as its import has not come to its end. It names the import by the life of
 * the session and its number of records, so that a whole session is never taken for the beginning of a later export.
 */
export function importMark({ events }: Pick<ImportLog, 'events'>): string {
  const [first] = events;
  const lifeId = first?.type === 'session-created' ? first.lifeId : '';
  return `import/${events.length}/${textHash(lifeId)}`;
}

/** Whether this very import of a session began and did not come to its end. */
export function isUnfinished(
  runtime: Runtime,
  log: Pick<ImportLog, 'key' | 'events'>,
): Promise<boolean> {
  // Also while the runtime closes.
  const { store } = runtime.followUps;
  return store.settleOutbox({ key: log.key, id: importMark(log), dueAtMs: NEVER_MS });
}

/** How much of an import a session held at a point of its history. */
export async function presenceOf(
  { followUps: { store } }: Runtime,
  { key, events }: ImportLog,
  { incarnation, version }: HistoryPoint,
): Promise<Presence> {
  const length = Math.min(version, events.length);
  let isRelinked = false;
  for (let fromPosition = 1; fromPosition <= length;) {
    const limit = Math.min(READ_RECORDS, length - fromPosition + 1);
    // In order: a page may hold less than was asked for.
    const page = await store.read({ key, fromPosition, limit });
    if (page?.incarnation !== incarnation || page.records.length === 0) return 'gone';
    for (const [index, record] of page.records.entries()) {
      const event = events[fromPosition + index - 1];
      if (event !== undefined && encodeRecord(event) === record) continue;
      if (!isParentChange(record, fromPosition + index)) return 'of others';
      isRelinked = true;
    }
    fromPosition += page.records.length;
  }
  if (version >= events.length) return isRelinked ? 'of others' : 'whole';
  return isRelinked ? 'relinked' : 'beginning';
}

function isParentChange(record: string, position: number): boolean {
  try {
    return decodeRecord(record, position).type === 'parent-changed';
  } catch {
    // What this process cannot read, no import of its own has written.
    return false;
  }
}
