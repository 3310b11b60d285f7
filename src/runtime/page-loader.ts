import type { SessionKey } from '../domain/ids.ts';
import {
  type PageContent,
  toPageContent,
  toTranscriptEvent,
} from '../memory/manager/page-contents.ts';
import { pageOfEvent, positionOfPage } from '../memory/manager/session-page.ts';
import { type LogEntry, readLog } from '../store/log-reader.ts';
import type { Store } from '../store/store.ts';

/** Contents that lie this close to each other in the log are read at once. */
const MAX_GAP = 32;

/**
 * Reads contents of pages from the log, those that lie together at once.
 * @throws SESSION_NOT_FOUND, HISTORY_REGRESSED, CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
 */
export async function loadPageContents(
  store: Store,
  { key, lifeId }: { readonly key: SessionKey; readonly lifeId: string },
  pageIds: readonly string[],
): Promise<ReadonlyMap<string, PageContent>> {
  const positions = pageIds.flatMap((id) => positionOfPage(id) ?? []);
  const wanted = new Set(positions);
  const contents = new Map<string, PageContent>();
  for (const { fromPosition, toPosition } of stretches(positions)) {
    for await (const page of readLog(store, { key, lifeId, fromPosition, toPosition })) {
      const found = page.filter(({ position }) => wanted.has(position)).flatMap(contentOf);
      for (const content of found) contents.set(content.page.pageId, content);
    }
  }
  return contents;
}

function contentOf({ event, position }: LogEntry): readonly PageContent[] {
  if (event.type !== 'event-recorded') return [];
  const page = pageOfEvent(event.event, position);
  return page === null ? [] : [toPageContent(page, toTranscriptEvent(event.event))];
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
