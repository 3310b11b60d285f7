import type { SessionKey } from '../domain/ids.ts';
import type { Store } from '../store/store.ts';
import { type NamedContents, noteContent } from './export-contents.ts';
import { readEvents, type ReadSource } from './session-reader.ts';
import { snapshotNamedBy } from './tool-snapshots.ts';

const PAGE_RECORDS = 1000;

/**
 * The artifacts that records of a session name, up to a position.
 * @throws SESSION_NOT_FOUND
 */
export async function artifactsNamed(
  source: ReadSource,
  toPosition?: number,
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const range = { fromPosition: 1, ...(toPosition === undefined ? {} : { toPosition }) };
  for await (const event of readEvents(source, range)) {
    if (event.archive !== undefined) named.add(event.archive.artifactId);
    const snapshot = snapshotNamedBy(event);
    if (snapshot !== null) named.add(snapshot);
  }
  return named;
}

/**
 * Whether the own records of a session that may share what is gone name content in an artifact store.
 * @throws CORRUPT_RECORD where one that may name some cannot be read, and what the store rejects with.
 */
export async function namesContent(store: Store, key: SessionKey): Promise<boolean> {
  const named: NamedContents = new Map();
  let next = 1;
  for (;;) {
    // In order: a page tells where the next one begins.
    const page = await store.read({ key, fromPosition: next, limit: PAGE_RECORDS });
    if (page === null || page.records.length === 0) return false;
    for (const [index, record] of page.records.entries()) noteContent(named, record, next + index);
    if (named.size > 0) return true;
    next += page.records.length;
  }
}
