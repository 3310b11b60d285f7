import { z } from 'zod';
import type { PageScene } from './foldable-page.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { MODALITIES, PAGE_ROLES, PAGE_TYPES } from './page.ts';
import type { Modality, PageRole, PageType } from './page.ts';
import { jsonObjectSchema, jsonValueSchema } from './session-event.ts';

/**
 * One thing that a session remembers: a message, what a tool gave, a summary, a claim. Where a page is and how far it is folded
 * is not part of it, so one page may be shown in many ways.
 */
export interface MemoryPage {
  /** Unique within its session; short, because a model reads and writes it. */
  readonly pageId: string;
  readonly pageType: PageType;
  readonly modality: Modality;
  /** Who speaks; null where nobody does. */
  readonly role: PageRole | null;
  /** All of it: a text, a JSON value, or what stands for a medium (a URL, an id, null). */
  readonly content: JsonValue;
  /** Ids of the pages it was made from. */
  readonly provenance: readonly string[];
  /** From 0 to 1. */
  readonly importance: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
  /** A line that helps to find the page, shown in the manifest. */
  readonly hint: string;
  /** The name of who speaks, in conversations of people with names. */
  readonly speaker: string | null;
  /** The tool whose result it is. */
  readonly toolName: string | null;
  readonly mimeType: string | null;
  /** Bytes of a medium; null where it is not known. */
  readonly sizeBytes: number | null;
  /** Audio and video, in seconds. */
  readonly durationSeconds: number | null;
  /** Images and video, in pixels. */
  readonly dimensions: readonly [width: number, height: number] | null;
  /** What is said in a medium. */
  readonly transcript: string | null;
  /** What is to be seen in a medium. */
  readonly caption: string | null;
  readonly scenes: readonly PageScene[];
  readonly metadata: JsonObject;
}

/** What every page has to say of itself. */
type PageCore = Pick<
  MemoryPage,
  'pageId' | 'pageType' | 'role' | 'content' | 'importance' | 'createdAtMs' | 'hint'
>;

/** In the order of the schema: a page that was read and is written again has the same bytes. */
const BLANK_PAGE: MemoryPage = {
  pageId: '',
  pageType: 'artifact',
  modality: 'text',
  role: null,
  content: null,
  provenance: [],
  importance: 0,
  createdAtMs: 0,
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

/** A page with what is known of it; of the rest it says nothing, as a text does that nobody in particular said. */
export function createMemoryPage(known: PageCore & Partial<MemoryPage>): MemoryPage {
  return { ...BLANK_PAGE, ...known };
}

const amount = z.number().nonnegative().nullable();
const text = z.string().nullable();

/** Parses a stored page; fields that a later minor version added are kept. */
export const memoryPageSchema: z.ZodType<MemoryPage> = z.looseObject({
  pageId: z.string().min(1).max(200),
  pageType: z.enum(PAGE_TYPES),
  modality: z.enum(MODALITIES),
  role: z.enum(PAGE_ROLES).nullable(),
  content: jsonValueSchema,
  provenance: z.array(z.string()),
  importance: z.number().min(0).max(1),
  createdAtMs: z.number(),
  hint: z.string(),
  speaker: text,
  toolName: text,
  mimeType: text,
  sizeBytes: amount,
  durationSeconds: amount,
  dimensions: z.tuple([z.number().nonnegative(), z.number().nonnegative()]).nullable(),
  transcript: text,
  caption: text,
  scenes: z.array(z.looseObject({ atSeconds: z.number().nonnegative(), description: z.string() })),
  metadata: jsonObjectSchema,
});
