import type { JsonValue } from '../../domain/json.ts';
import { createMemoryPage, type MemoryPage } from '../../domain/memory-page.ts';
import type { PageType } from '../../domain/page.ts';
import { hintOf } from './session-page.ts';

/** What somebody writes into a memory. */
export interface NewNote {
  readonly pageId: string;
  readonly content: JsonValue;
  readonly pageType: PageType;
  readonly importance: number;
  readonly provenance: readonly string[];
  /** Null: made from the content. */
  readonly hint: string | null;
  /** The tool that writes; null for the service itself. */
  readonly toolName: string | null;
  readonly createdAtMs: number;
}

/** Ids of pages that somebody wrote begin with this; no other page is ever written over. */
export const NOTE_PREFIX = 'note_';

/** The page of a note. */
export function notePage(note: NewNote): MemoryPage {
  const { content, hint, toolName } = note;
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const tag = toolName === null ? '[note]' : `[note] ${toolName}`;
  const { pageId, pageType, importance, provenance, createdAtMs } = note;
  return createMemoryPage({
    pageId,
    pageType,
    modality: typeof content === 'string' ? 'text' : 'structured',
    role: toolName === null ? 'system' : 'tool',
    content,
    provenance,
    importance,
    createdAtMs,
    hint: hint ?? hintOf(tag, text),
    toolName,
  });
}
