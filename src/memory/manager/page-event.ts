import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageRole } from '../../domain/page.ts';
import type { TranscriptEvent } from '../transcript.ts';

const SOURCES: Readonly<Partial<Record<PageRole, TranscriptEvent['source']>>> = {
  user: 'user',
  assistant: 'llm',
};

/** What a message of a user or a model is shown from, as the message that it was; null for all else, which is shown as a line. */
export function eventOf({
  pageId,
  pageType,
  modality,
  role,
  content,
}: MemoryPage): TranscriptEvent | null {
  const source = role === null ? undefined : SOURCES[role];
  const isMessage = pageType === 'transcript' && modality === 'text' && source !== undefined;
  return isMessage ? { id: pageId, message: content, source, type: 'message' } : null;
}
