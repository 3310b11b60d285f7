import type { SessionKey } from '../domain/ids.ts';
import type { PageContent } from '../memory/manager/page-contents.ts';
import { recordedPages } from '../memory/manager/recorded-page.ts';
import { type LogEntry, readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

/** Contents that lie this close to each other in the log are read at once. */
const MAX_GAP = 32;

/**
 * Reads contents of pages from the records that hold them, those that lie together at once.
 * @throws SESSION_NOT_FOUND, HISTORY_REGRESSED, CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
 */
export async function loadPageContents(
  store: Store,
  { key, lifeId }: { readonly key: SessionKey; readonly lifeId: string },
  records: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, PageContent>> {
  const contents = new Map<string, PageContent>();
  const positions = new Set(records.values());
  const isNeeded = (position: number): boolean => positions.has(position);
  for (const { fromPosition, toPosition } of stretches([...positions])) {
    const range = { key, lifeId, fromPosition, toPosition, isNeeded };
    for await (const page of readLog(store, range)) {
      const found = page.flatMap((entry) => wantedOf(entry, records));
      for (const content of found) contents.set(content.page.pageId, content);
    }
  }
  return contents;
}

/** What of a record is looked for. */
function wantedOf(entry: LogEntry, records: ReadonlyMap<string, number>): readonly PageContent[] {
  return recordedPages(entry).filter(({ page }) => records.get(page.pageId) === entry.position);
}

interface Stretch {
  readonly fromPosition: number;
  readonly toPosition: number;
}

function stretches(positions: readonly number[]): readonly Stretch[] {
  const found: { fromPosition: number; toPosition: number }[] = [];
  for (const position of positions.toSorted((left, right) => left - right)) {
    const last = found.at(-1);
    if (last !== undefined && position - last.toPosition <= MAX_GAP) last.toPosition = position;
    else found.push({ fromPosition: position, toPosition: position });
  }
  return found;
}
