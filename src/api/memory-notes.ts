import { z } from 'zod';
import { InvalidInput, SessionManagerError } from '../domain/errors.ts';
import { idSchema } from '../domain/ids.ts';
import { parseJsonValue } from '../domain/json.ts';
import type { MemoryChange } from '../domain/memory-change.ts';
import type { MemoryPage } from '../domain/memory-page.ts';
import { PAGE_TYPES, type PageType } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import { assertRecordable } from '../domain/record-limit.ts';
import { textHash } from '../domain/text-hash.ts';
import { NOTE_PREFIX, notePage } from '../memory/manager/note-page.ts';
import type { MemoryState } from '../memory/manager/memory-state.ts';

/** A page that a service or a tool writes into the memory of a session. */
export interface MemoryNote {
  /** Writes a note anew that was written before, and keeps of it what is not given; a fresh id when not given. */
  readonly pageId?: string | undefined;
  /** Text, or any JSON value. */
  readonly content: unknown;
  /** Default `artifact`, or what the note was before. */
  readonly pageType?: PageType | undefined;
  /** The line that the manifest shows. Default: that of the note before, or else the beginning of the content. */
  readonly hint?: string | undefined;
  /** From 0 to 1. Default 0.6, or what it was before. */
  readonly importance?: number | undefined;
  /** Ids of the pages it was made from, at most 64. Default none, or those of before. */
  readonly provenance?: readonly string[] | undefined;
  /** Keeps it in every context. Default false. */
  readonly isPinned?: boolean | undefined;
  /** The same key writes one fresh note, however often the call is repeated; a note that has an id already needs none. */
  readonly idempotencyKey?: string | undefined;
}

/** Pages that a note can have been made from. */
export const MAX_PROVENANCE = 64;
/** Where the page of a note keeps what its key was used for. */
const FINGERPRINT = 'fingerprint';
const NEW_NOTE = { pageType: 'artifact', importance: 0.6, provenance: [] } as const;

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
  provenance: z.array(pageId).max(MAX_PROVENANCE).optional(),
  isPinned: z.boolean().optional(),
  idempotencyKey: idSchema.optional(),
});

/** Checks a note. @throws INVALID_INPUT naming the field, EVENT_TOO_LARGE */
export function parseNote(note: unknown): MemoryNote {
  const parsed = parseInput(noteSchema, note, 'note');
  const content = parseJsonValue(parsed.content ?? null, 'note.content');
  assertRecordable(content, 'note.content');
  if (parsed.pageId !== undefined && parsed.idempotencyKey !== undefined) {
    const expected = 'no key beside `note.pageId`: writing a note anew may be repeated';
    throw new InvalidInput({ field: 'note.idempotencyKey', expected });
  }
  return { ...parsed, content };
}

/** Who writes a note, and when. */
export interface NoteContext {
  readonly toolName: string | null;
  readonly nowMs: number;
  /** Changes of the memory so far. */
  readonly revision: number;
}

/**
 * What to record for a note, as the memory is now; nothing where a key says that it was written before.
 * @throws INVALID_INPUT for the id of a page that is no note, IDEMPOTENCY_KEY_REUSED
 */
export async function planNote(
  state: MemoryState,
  note: MemoryNote,
  context: NoteContext,
): Promise<PlannedNote> {
  const { toolName, revision } = context;
  const id = note.pageId ?? freshId(note, revision);
  const isNote = id.startsWith(NOTE_PREFIX) && (note.pageId === undefined || state.table.has(id));
  if (!isNote) throw new InvalidInput({ field: 'note.pageId', expected: 'the id of a note' });
  await state.pages.ensure([id]);
  const before = state.contents.get(id)?.page ?? null;
  if (before !== null && isRepeated(note, { before, toolName })) return { pageId: id, changes: [] };
  const written: MemoryChange = {
    kind: 'written',
    actor: toolName === null ? 'user' : 'tool',
    page: pageOf(note, { ...context, id, before }),
  };
  return { pageId: id, changes: [written, ...pinChange(state, id, note.isPinned)] };
}

/** The page of a note, which stays what it was before where nothing else is said. */
function pageOf(
  note: MemoryNote,
  context: NoteContext & { readonly id: string; readonly before: MemoryPage | null },
): MemoryPage {
  const { id, before, toolName, nowMs } = context;
  const { pageType, importance, provenance } = before ?? NEW_NOTE;
  const page = notePage({
    pageId: id,
    content: parseJsonValue(note.content, 'note.content'),
    pageType: note.pageType ?? pageType,
    importance: note.importance ?? importance,
    provenance: note.provenance ?? provenance,
    hint: note.hint ?? givenHint(before),
    toolName,
    createdAtMs: nowMs,
  });
  const isKeyed = note.idempotencyKey !== undefined;
  const key = isKeyed ? { [FINGERPRINT]: fingerprintOf(note, toolName) } : {};
  return { ...page, metadata: { ...before?.metadata, ...key } };
}

/** Whether a note was written before under its key. @throws IDEMPOTENCY_KEY_REUSED when that was another one */
function isRepeated(
  note: MemoryNote,
  { before, toolName }: { readonly before: MemoryPage; readonly toolName: string | null },
): boolean {
  if (note.idempotencyKey === undefined) return false;
  if (before.metadata[FINGERPRINT] === fingerprintOf(note, toolName)) return true;
  throw keyReused(before.pageId);
}

/** The id of a note to be: one key always gives the same. */
function freshId({ idempotencyKey }: MemoryNote, revision: number): string {
  if (idempotencyKey === undefined) return `${NOTE_PREFIX}${revision + 1}`;
  return `${NOTE_PREFIX}k${textHash(idempotencyKey)}`;
}

/** The hint that somebody gave; null for one that was made of the content. */
function givenHint(before: MemoryPage | null): string | null {
  if (before === null || before.hint === notePage({ ...before, hint: null }).hint) return null;
  return before.hint;
}

/** What tells two notes of one key apart. What a tool had read before it wrote is not part of it. */
function fingerprintOf(note: MemoryNote, toolName: string | null): string {
  const { content, pageType, hint, importance, isPinned, idempotencyKey } = note;
  const said = [content, pageType, hint, importance, isPinned, idempotencyKey, toolName];
  return textHash(JSON.stringify(said));
}

function keyReused(noteId: string): SessionManagerError {
  return new SessionManagerError(
    'The idempotency key was used for another note of this session; repeat a call with the same note, or choose another key',
    { code: 'IDEMPOTENCY_KEY_REUSED', data: { pageId: noteId } },
  );
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
