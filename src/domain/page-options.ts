import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import type { PageScene } from './foldable-page.ts';
import { type JsonObject, parseJsonObject, parseJsonValue } from './json.ts';
import type { MemoryPage } from './memory-page.ts';
import {
  MODALITIES,
  type Modality,
  PAGE_ROLES,
  PAGE_TYPES,
  type PageRole,
  type PageType,
} from './page.ts';
import { parseInput } from './parse.ts';

/** What is known of a page that is no text. */
type Medium = Pick<
  MemoryPage,
  'mimeType' | 'sizeBytes' | 'durationSeconds' | 'dimensions' | 'transcript' | 'caption' | 'scenes'
>;

/** What is said of a new page besides its content. All of it is optional. */
export interface PageOptions {
  /** Default: the page type and twelve letters or digits. */
  readonly pageId?: string | undefined;
  /** Default `transcript`. */
  readonly pageType?: PageType | undefined;
  /** Default `text`, or `structured` for content that is no text. */
  readonly modality?: Modality | undefined;
  readonly role?: PageRole | null | undefined;
  /** From 0 to 1. Default 0.5. */
  readonly importance?: number | undefined;
  readonly provenance?: readonly string[] | undefined;
  /** What the page takes in the context, its line included. Default: counted. */
  readonly sizeTokens?: number | undefined;
  /** A line that helps to find the page. Default: none. */
  readonly hint?: string | undefined;
  /** Whether the page never leaves the context once it is there. Default false. */
  readonly pinned?: boolean | undefined;
  readonly speaker?: string | null | undefined;
  readonly toolName?: string | null | undefined;
  readonly mimeType?: string | null | undefined;
  readonly sizeBytes?: number | null | undefined;
  readonly durationSeconds?: number | null | undefined;
  readonly dimensions?: readonly [width: number, height: number] | null | undefined;
  readonly transcript?: string | null | undefined;
  readonly caption?: string | null | undefined;
  readonly scenes?: readonly PageScene[] | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Milliseconds since 1970, UTC. Default: now. */
  readonly createdAtMs?: number | undefined;
}

/** What a page is made from that nobody named. */
export interface PageDefaults {
  readonly newPageId: (pageType: PageType) => string;
  readonly nowMs: number;
}

/** A page that was asked for, and what is said of its place in a memory. */
export interface NewPageRequest {
  readonly page: MemoryPage;
  /** Null where it is to be counted. */
  readonly sizeTokens: number | null;
  readonly isPinned: boolean;
}

const amount = z.number().nonnegative();
/** What is not said is known to be absent. */
const orNull = <T>(schema: z.ZodType<T>): z.ZodType<T | null> =>
  schema.nullish().transform((value) => value ?? null);
const text = orNull(z.string());
/** What the kernel can count of one page. */
const MAX_PAGE_TOKENS = 100_000_000;

const optionsSchema = z.strictObject({
  pageId: z.string().min(1).max(200).optional(),
  pageType: z.enum(PAGE_TYPES).default('transcript'),
  modality: z.enum(MODALITIES).optional(),
  role: orNull(z.enum(PAGE_ROLES)),
  importance: z.number().min(0).max(1).default(0.5),
  provenance: z.array(z.string()).default([]),
  sizeTokens: orNull(z.int().nonnegative().max(MAX_PAGE_TOKENS)),
  hint: z.string().default(''),
  pinned: z.boolean().default(false),
  speaker: text,
  toolName: text,
  mimeType: text,
  sizeBytes: orNull(amount),
  durationSeconds: orNull(amount),
  dimensions: orNull(z.tuple([amount, amount])),
  transcript: text,
  caption: text,
  scenes: z.array(z.strictObject({ atSeconds: amount, description: z.string() })).default([]),
  metadata: z.unknown().default({}),
  createdAtMs: z.number().nonnegative().optional(),
});

/**
 * The page that content and options describe.
 * @throws INVALID_INPUT naming the option, also one that does not exist, and for content that is no JSON value.
 */
export function parsePageOptions(
  content: unknown,
  options: unknown,
  { newPageId, nowMs }: PageDefaults,
): NewPageRequest {
  const given = parseInput(optionsSchema, options ?? {}, 'options');
  const value = parseJsonValue(content ?? null, 'content');
  const { pageType, sizeTokens, pinned, importance, provenance, hint, role } = given;
  const isText = typeof value === 'string' || value === null;
  const { speaker, toolName } = given;
  const page: MemoryPage = {
    pageId: given.pageId ?? newPageId(pageType),
    pageType,
    modality: given.modality ?? (isText ? 'text' : 'structured'),
    role,
    content: value,
    provenance,
    importance,
    createdAtMs: given.createdAtMs ?? nowMs,
    hint,
    ...mediumOf(given),
    speaker,
    toolName,
    metadata: parseJsonObject(given.metadata, 'options.metadata'),
  };
  return { page, sizeTokens, isPinned: pinned };
}

function mediumOf({
  mimeType,
  sizeBytes,
  durationSeconds,
  dimensions,
  transcript,
  caption,
  scenes,
}: Medium): Medium {
  return { mimeType, sizeBytes, durationSeconds, dimensions, transcript, caption, scenes };
}

/** A page whose id is taken; nothing of the page that has it changes. */
export function duplicatePage(): InvalidInput {
  return new InvalidInput({ field: 'options.pageId', expected: 'an id that no page has yet' });
}
