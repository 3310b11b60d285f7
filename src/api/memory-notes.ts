import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { parseJsonValue } from '../domain/json.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import { PAGE_TYPES, type PageType } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import { assertRecordable } from '../domain/record-limit.ts';
import { NOTE_PREFIX, notePage } from '../memory/manager/note-page.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';

/** A page that a service or a tool writes into the memory of a session. */
export interface MemoryNote {
  /** Writes a note anew that was written before; a fresh id when not given. */
  readonly pageId?: string | undefined;
  /** Text, or any JSON value. */
  readonly content: unknown;
  /** Default `artifact`. */
  readonly pageType?: PageType | undefined;
  /** The line that the manifest shows. Default: the beginning of the content. */
  readonly hint?: string | undefined;
  /** From 0 to 1. Default 0.6. */
  readonly importance?: number | undefined;
  /** Ids of the pages it was made from. */
  readonly provenance?: readonly string[] | undefined;
  /** Keeps it in every context. Default false. */
  readonly isPinned?: boolean | undefined;
}

/** What is to be recorded for a note. */
export interface PlannedNote {
  readonly pageId: string;
  readonly changes: readonly MemoryChange[];
}

const pageId = z.string().min(1).max(200);
const noteSchema = z.strictObject({
  pageId: pageId.optional(),
  content: z.unknown(),
  pageType: z.enum(PAGE_TYPES).optional(),
  hint: z.string().max(500).optional(),
  importance: z.number().min(0).max(1).optional(),
  provenance: z.array(pageId).max(64).optional(),
  isPinned: z.boolean().optional(),
});

/** Checks a note. @throws INVALID_INPUT naming the field, EVENT_TOO_LARGE */
export function parseNote(note: unknown): MemoryNote {
  const parsed = parseInput(noteSchema, note, 'note');
  const content = parseJsonValue(parsed.content ?? null, 'note.content');
  assertRecordable(content, 'note.content');
  return { ...parsed, content };
}

/** What to record for a note, as the memory is now. @throws INVALID_INPUT for the id of a page that is no note */
export function planNote(
  state: MemoryState,
  note: MemoryNote,
  context: {
    readonly toolName: string | null;
    readonly nowMs: number;
    /** Changes of the memory so far. */
    readonly revision: number;
  },
): PlannedNote {
  const { toolName, nowMs, revision } = context;
  const id = note.pageId ?? `${NOTE_PREFIX}${revision + 1}`;
  const isNote = id.startsWith(NOTE_PREFIX) && (note.pageId === undefined || state.table.has(id));
  if (!isNote) throw new InvalidInput({ field: 'note.pageId', expected: 'the id of a note' });
  const page = notePage({
    pageId: id,
    content: parseJsonValue(note.content, 'note.content'),
    pageType: note.pageType ?? 'artifact',
    importance: note.importance ?? 0.6,
    provenance: note.provenance ?? [],
    hint: note.hint ?? null,
    toolName,
    createdAtMs: nowMs,
  });
  const written: MemoryChange = {
    kind: 'written',
    actor: toolName === null ? 'user' : 'tool',
    page,
  };
  return { pageId: id, changes: [written, ...pinChange(state, id, note.isPinned)] };
}

function pinChange(
  state: MemoryState,
  id: string,
  isPinned: boolean | undefined,
): readonly MemoryChange[] {
  const isPinnedNow = state.table.lookup(id)?.pin === 'explicit';
  if (isPinned === undefined || isPinned === isPinnedNow) return [];
  return [{ kind: 'pinned', pageId: id, isPinned }];
}
