import type { HistoryEntry } from '../../domain/recorded-event.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { MemoryChange } from '../../domain/memory-change.ts';
import { type PageContent, toPageContent, toTranscriptEvent } from './page-contents.ts';
import { pageOfEvent, summaryPage } from './session-page.ts';

/** The contents of all pages that a record holds: of a message or a tool call, of a summary, of notes. */
export function recordedPages({ event, position }: HistoryEntry): readonly PageContent[] {
  switch (event.type) {
    case 'event-recorded': {
      const page = pageOfEvent(event.event, position);
      return page === null ? [] : [toPageContent(page, toTranscriptEvent(event.event))];
    }
    case 'segment-closed':
    case 'summary-applied':
      return [toPageContent(summaryPage(event.segment, event))];
    case 'memory-changed':
      return event.changes.flatMap(writtenPage).map((page) => toPageContent(page));
    default:
      return [];
  }
}

function writtenPage(change: MemoryChange): readonly MemoryPage[] {
  return change.kind === 'written' ? [change.page] : [];
}
