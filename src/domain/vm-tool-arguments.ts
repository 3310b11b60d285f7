import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import {
  MODALITIES,
  type Modality,
  PAGE_LEVELS,
  PAGE_TYPES,
  type PageLevel,
  type PageType,
} from './page.ts';
import { FAULT_REASONS, type FaultReason } from './paging-policy.ts';
import { parseInput } from './parse.ts';

/** A page that a model asks for. */
export interface PageFaultArguments {
  readonly pageId: string;
  readonly targetLevel: PageLevel;
  readonly reason: FaultReason;
}

/** Pages that a model looks for. */
export interface SearchPagesArguments {
  readonly query: string;
  readonly modality: Modality | null;
  readonly pageType: PageType | null;
  readonly limit: number;
}

/** Why arguments could not be read. */
export interface InvalidArguments {
  readonly kind: 'invalid';
  readonly message: string;
  /** The page that is meant, where that much can be read. */
  readonly pageId: string | null;
}

/** Arguments that could be read, or why they could not. */
export type ArgumentResult<T> =
  { readonly kind: 'arguments'; readonly value: T } | InvalidArguments;

/** Used where a model names no level. */
export const DEFAULT_FAULT_LEVEL: PageLevel = 2;
/** Used where a model names no limit. */
export const DEFAULT_SEARCH_LIMIT = 5;
/** Most hits of one search. */
export const MAX_SEARCH_LIMIT = 20;
/** A query is read no further than this many characters are long. */
const MAX_QUERY_LENGTH = 2_000;
const MAX_ID_LENGTH = 512;

/** Models write whole numbers as text now and then. */
function numberFrom(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
}

const namedPage = z.object({ page_id: z.string().max(MAX_ID_LENGTH) });

const faultSchema = z
  .strictObject({
    page_id: z.string().min(1).max(MAX_ID_LENGTH),
    target_level: z.preprocess(numberFrom, z.literal(PAGE_LEVELS).nullish()),
    reason: z.enum(FAULT_REASONS).nullish(),
  })
  .transform(({ page_id: pageId, target_level: level, reason }): PageFaultArguments => ({
    pageId,
    targetLevel: level ?? DEFAULT_FAULT_LEVEL,
    reason: reason ?? 'resolve_reference',
  }));

const searchSchema = z
  .strictObject({
    query: z.string().trim().min(1).max(MAX_QUERY_LENGTH),
    modality: z.enum(MODALITIES).nullish(),
    page_type: z.enum(PAGE_TYPES).nullish(),
    limit: z.preprocess(numberFrom, z.number().int().min(1).max(MAX_SEARCH_LIMIT).nullish()),
  })
  .transform(({ query, modality, page_type: pageType, limit }): SearchPagesArguments => ({
    query,
    modality: modality ?? null,
    pageType: pageType ?? null,
    limit: limit ?? DEFAULT_SEARCH_LIMIT,
  }));

/** The arguments of `page_fault`: JSON text or what it stands for. Never throws. */
export function parsePageFaultArguments(value: unknown): ArgumentResult<PageFaultArguments> {
  return parseArguments(faultSchema, value);
}

/** The arguments of `search_pages`: JSON text or what it stands for. Never throws. */
export function parseSearchPagesArguments(value: unknown): ArgumentResult<SearchPagesArguments> {
  return parseArguments(searchSchema, value);
}

function parseArguments<T>(schema: z.ZodType<T>, value: unknown): ArgumentResult<T> {
  const read = readJson(value);
  if (read === undefined)
    return { kind: 'invalid', message: 'arguments: expected a JSON object', pageId: null };
  try {
    return { kind: 'arguments', value: parseInput(schema, read, 'arguments') };
  } catch (error) {
    if (!InvalidInput.isInstance(error)) throw error;
    const named = namedPage.safeParse(read);
    return { kind: 'invalid', message: error.message, pageId: named.data?.page_id ?? null };
  }
}

/** The value of a JSON text; undefined for a text that is no JSON. */
function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  try {
    // Typed as any; the schema looks at it next.
    return JSON.parse(value === '' ? '{}' : value) as unknown;
  } catch {
    return undefined; // The model hears that its arguments are no JSON.
  }
}
