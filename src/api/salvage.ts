import { PagefoldError } from '../domain/errors.ts';
import { applyMapChange } from '../domain/event-metadata.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import type { LogEvent } from '../domain/log-event.ts';
import { decodeRecord } from '../store/codec.ts';
import type { Store } from '../store/store.ts';
import { contentNamedBy } from './export-contents.ts';
import type { RemovalTarget } from './removal-target.ts';

/** What the records tell that can still be read of a session that cannot be read as a whole. */
export interface Salvage extends RemovalTarget {
  /** Whose the store's list says it is. */
  readonly listedUserId: string | null;
  /** Null where the record that creates it cannot be read, as is its parent as far as no later record names one. */
  readonly lifeId: string | null;
  readonly parentId: string | null;
  readonly properties: JsonObject;
  readonly childIds: ReadonlySet<string>;
  readonly namesContent: boolean;
  /** Records that cannot be read. */
  readonly unreadRecords: number;
}

const PAGE_RECORDS = 1000;

/** Damage for which there may be no remedy; what a newer release wrote, or a replica does not have yet, is still to be had. */
const LOST: ReadonlySet<string> = new Set(['CORRUPT_RECORD', 'DECRYPTION_FAILED', 'KEY_NOT_FOUND']);

/** Whether an error says that something stored is damaged, or that its key is gone. */
export function isLost(error: unknown): boolean {
  return PagefoldError.isInstance(error) && LOST.has(error.code);
}

/**
 * Reads what can be read of a session, record by record where there is damage; null when there is no such session.
 * @throws what the store rejects with for another reason than damage.
 */
export async function salvage(store: Store, key: SessionKey): Promise<Salvage | null> {
  const head = await store.head({ key });
  if (head === null) return null;
  // Behind the last record: that tells of which session it is the length, and has nothing to decrypt.
  const end = await store.read({ key, fromPosition: head.version + 1, limit: 1 });
  if (end === null) return null;
  const found = new Found();
  for await (const event of salvagedEvents(store, key)) found.add(event);
  const { lifeId, parentId, properties, childIds, namesContent, unreadRecords } = found;
  const told = { lifeId, parentId, properties, childIds, namesContent, unreadRecords };
  return {
    key,
    listedUserId: head.labels.userId,
    incarnation: end.incarnation,
    version: head.version,
    ...told,
  };
}

class Found {
  lifeId: string | null = null;
  parentId: string | null = null;
  properties: JsonObject = {};
  namesContent = false;
  unreadRecords = 0;
  readonly childIds: Set<string> = new Set();

  add(event: LogEvent | null): void {
    if (event === null) this.unreadRecords += 1;
    else this.#read(event);
  }

  #read(event: LogEvent): void {
    if (event.type === 'session-created') {
      this.lifeId = event.lifeId;
      this.properties = event.properties;
    }
    if (event.type === 'properties-changed')
      this.properties = applyMapChange(this.properties, event.change);
    if (event.type === 'session-created' || event.type === 'parent-changed')
      this.parentId = event.parentId;
    if (event.type === 'child-changed') {
      if (event.isLinked) this.childIds.add(event.childId);
      else this.childIds.delete(event.childId);
    }
    this.namesContent ||= contentNamedBy(event) !== null;
  }
}

/** The own records of a session; null for one that cannot be read. */
async function* salvagedEvents(store: Store, key: SessionKey): AsyncGenerator<LogEvent | null> {
  let limit = PAGE_RECORDS;
  for (let next = 1; ;) {
    // In order: a page tells where the next one begins, and one with damage is read again in smaller steps.
    const records = await readRecords(store, { key, fromPosition: next, limit });
    if (records !== null && records.length === 0) return;
    if (records === null && limit > 1) {
      limit = 1;
      continue;
    }
    if (records === null) yield null;
    for (const [index, record] of (records ?? []).entries()) yield decoded(record, next + index);
    next += records?.length ?? 1;
    limit = records === null ? 1 : Math.min(PAGE_RECORDS, limit * 2);
  }
}

/** Null where one of the records cannot be decrypted. */
async function readRecords(
  store: Store,
  range: Parameters<Store['read']>[0],
): Promise<readonly string[] | null> {
  try {
    return (await store.read(range))?.records ?? [];
  } catch (error) {
    if (isLost(error)) return null;
    throw error;
  }
}

function decoded(record: string, position: number): LogEvent | null {
  try {
    return decodeRecord(record, position);
  } catch (error) {
    if (isLost(error)) return null;
    throw error;
  }
}
