import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { type MemoryPage, memoryPageSchema } from './memory-page.ts';
import { PAGE_LEVELS } from './page.ts';
import type { PageLevel } from './page.ts';
import type { PageRepresentation } from './page-mutation.ts';
import { FAULT_REASONS, type FaultReason } from './paging-policy.ts';

/** How a page stands in a context: as the message that it was, or as an entry of a block. */
export const PLACE_FORMS = ['turn', 'entry'] as const;
/** One of {@link PLACE_FORMS}. */
export type PlaceForm = (typeof PLACE_FORMS)[number];

/** A page at its place in a context. */
export interface PlacedPage {
  readonly pageId: string;
  readonly form: PlaceForm;
  /** What is shown of it; null for all of it. */
  readonly shown: PageRepresentation | null;
}

/** Why a context was put together anew. */
export const COMPACTION_CAUSES = ['pressure', 'recall', 'request'] as const;
/** One of {@link COMPACTION_CAUSES}. */
export type CompactionCause = (typeof COMPACTION_CAUSES)[number];

/**
 * What a session remembers of its memory beyond its messages. Every message joins the context at its end by itself; these say
 * what else happened, in the order of the log.
 */
export type MemoryChange =
  /** The context is these pages and no others, until more join it. */
  | {
      readonly kind: 'compacted';
      readonly cause: CompactionCause;
      readonly pages: readonly PlacedPage[];
      /** Pages that the manifest names until the next compaction, in its order. */
      readonly available: readonly string[];
      /** Tokens that pages could take, lines included. */
      readonly roomTokens?: number | undefined;
      /** A hash that tells the question that was asked from others. Older records do not have it. */
      readonly question?: string | undefined;
    }
  /** Pages were loaded and stand at the end of the context now, or before a page of it; one that stood elsewhere moved. */
  | {
      readonly kind: 'faulted';
      readonly actor: 'model' | 'system' | 'user';
      readonly reason: FaultReason;
      readonly pages: readonly PlacedPage[];
      /** The page that the loaded ones stand before; null for the end. */
      readonly before: string | null;
      /** Of what is loaded for a question: a hash that tells it from others. Older records do not have it. */
      readonly question?: string | undefined;
    }
  /** The model asked for a page that is in the context, and was told so: it stays there until the turn is over. */
  | { readonly kind: 'kept'; readonly pageId: string }
  /** The model asked for a page and got none, which counts against what it may try in a turn. */
  | {
      readonly kind: 'fault-failed';
      /** As the model wrote it, its beginning where that is longer than any id; what it names need not exist. */
      readonly pageId: string;
      readonly code: string;
    }
  | { readonly kind: 'pinned'; readonly pageId: string; readonly isPinned: boolean }
  /** Somebody wrote a page of their own, or wrote theirs anew. */
  | { readonly kind: 'written'; readonly actor: 'tool' | 'user'; readonly page: MemoryPage };

/** A context that was put together anew. */
export type Compaction = Extract<MemoryChange, { kind: 'compacted' }>;

/** Pages that one change may name. */
export const MAX_PLACED_PAGES = 10_000;

/** Characters of the id of a page. */
export const MAX_PAGE_ID_LENGTH = 200;

/** Characters of what tells a question from others. */
const MAX_MARK_LENGTH = 64;

const pageId = z.string().min(1).max(MAX_PAGE_ID_LENGTH);
const question = z.string().min(1).max(MAX_MARK_LENGTH).optional();
const level: z.ZodType<PageLevel> = z.literal(PAGE_LEVELS);
const representation: z.ZodType<PageRepresentation> = z.looseObject({
  level,
  text: z.string().nullable(),
  maxTokens: z.int().nonnegative().nullable(),
  focus: z.string().nullable(),
  callTokens: z.int().nonnegative().optional(),
  toldCalls: z.array(z.int().nonnegative()).max(MAX_PLACED_PAGES).optional(),
});
const placed = z
  .array(z.looseObject({ pageId, form: z.enum(PLACE_FORMS), shown: representation.nullable() }))
  .max(MAX_PLACED_PAGES);

/**
 * Refuses changes that could not be read again.
 * @throws INVALID_INPUT
 */
export function assertReadable(changes: readonly MemoryChange[]): void {
  for (const change of changes) {
    const named = 'pages' in change ? change.pages.length : 0;
    const offered = 'available' in change ? change.available.length : 0;
    if (Math.max(named, offered) <= MAX_PLACED_PAGES) continue;
    throw new InvalidInput({ field: 'changes', expected: `at most ${MAX_PLACED_PAGES} pages` });
  }
}

/** Parses a stored change; fields that a later minor version added are kept. */
export const memoryChangeSchema: z.ZodType<MemoryChange> = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('compacted'),
    cause: z.enum(COMPACTION_CAUSES),
    pages: placed,
    available: z.array(pageId).max(MAX_PLACED_PAGES),
    roomTokens: z.int().nonnegative().optional(),
    question,
  }),
  z.looseObject({
    kind: z.literal('faulted'),
    actor: z.enum(['model', 'system', 'user']),
    reason: z.enum(FAULT_REASONS),
    pages: placed,
    before: pageId.nullable(),
    question,
  }),
  z.looseObject({ kind: z.literal('kept'), pageId }),
  z.looseObject({ kind: z.literal('fault-failed'), pageId, code: z.string().min(1).max(64) }),
  z.looseObject({ kind: z.literal('pinned'), pageId, isPinned: z.boolean() }),
  z.looseObject({
    kind: z.literal('written'),
    actor: z.enum(['tool', 'user']),
    page: memoryPageSchema,
  }),
]);
