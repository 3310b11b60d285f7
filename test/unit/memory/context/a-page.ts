import type { MemoryPage } from '../../../../src/domain/memory-page.ts';
import type { ContextEntry } from '../../../../src/memory/context/context-plan.ts';

const PAGE: MemoryPage = {
  pageId: 'msg_1',
  pageType: 'transcript',
  modality: 'text',
  role: null,
  content: null,
  provenance: [],
  importance: 0.5,
  createdAtMs: 1_700_000_000_000,
  hint: '',
  speaker: null,
  toolName: null,
  mimeType: null,
  sizeBytes: null,
  durationSeconds: null,
  dimensions: null,
  transcript: null,
  caption: null,
  scenes: [],
  metadata: {},
};

/** A page of text without anything else. */
export function aPage(fields: Partial<MemoryPage> = {}): MemoryPage {
  return { ...PAGE, ...fields };
}

/** A page as an entry, whole unless said otherwise. */
export function anEntry(
  fields: Partial<MemoryPage> = {},
  shown: Partial<Omit<ContextEntry, 'page'>> = {},
): ContextEntry {
  const page = aPage(fields);
  const text = typeof page.content === 'string' ? page.content : textOf(page);
  return { page, level: 0, text, isPinned: false, ...shown };
}

function textOf({ content }: MemoryPage): string {
  return content === null ? '' : JSON.stringify(content);
}
