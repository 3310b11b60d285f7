import { z } from 'zod';
import { type JsonValue, parseJsonValue } from './json.ts';
import {
  MODALITIES,
  type Modality,
  PAGE_LEVELS,
  PAGE_TYPES,
  type PageLevel,
  type PageType,
} from './page.ts';
import { parseInput } from './parse.ts';

/** What happens in a video from a moment on. */
export interface PageScene {
  readonly atSeconds: number;
  readonly description: string;
}

/** What folding has to know of a page; a page may have more fields. */
export interface FoldablePage {
  readonly pageId: string;
  readonly pageType: PageType;
  readonly modality: Modality;
  /** The text, the JSON value (or its text), or what stands for a medium: a URL, an id, null. */
  readonly content: JsonValue;
  /** How far the content is folded already. Default 0. */
  readonly level?: PageLevel | undefined;
  /** What a medium costs in a prompt; text and JSON are counted. Default: the tokens of all that is text. */
  readonly tokens?: number | null | undefined;
  readonly caption?: string | null | undefined;
  readonly transcript?: string | null | undefined;
  readonly durationSeconds?: number | null | undefined;
  /** Width and height in pixels. */
  readonly dimensions?: readonly [width: number, height: number] | null | undefined;
  readonly scenes?: readonly PageScene[] | undefined;
}

/** A {@link FoldablePage} with every field known. */
export interface ParsedFoldablePage {
  readonly pageId: string;
  readonly pageType: PageType;
  readonly modality: Modality;
  readonly content: JsonValue;
  readonly level: PageLevel;
  readonly tokens: number | null;
  readonly caption: string | null;
  readonly transcript: string | null;
  readonly durationSeconds: number | null;
  readonly dimensions: readonly [width: number, height: number] | null;
  readonly scenes: readonly PageScene[];
}

const amount = z.number().nonnegative();
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

const pageSchema = z.object({
  pageId: z.string().min(1),
  pageType: z.enum(PAGE_TYPES),
  modality: z.enum(MODALITIES),
  content: z.unknown(),
  level: z.literal(PAGE_LEVELS).default(0),
  tokens: amount
    .int()
    .nullish()
    .transform((tokens) => tokens ?? null),
  caption: optionalText,
  transcript: optionalText,
  durationSeconds: amount.nullish().transform((seconds) => seconds ?? null),
  dimensions: z
    .tuple([amount, amount])
    .nullish()
    .transform((sides) => sides ?? null),
  scenes: z.array(z.object({ atSeconds: amount, description: z.string() })).default([]),
});

/**
 * The page with every field known; fields that folding does not know are left out.
 * @throws INVALID_INPUT naming the field.
 */
export function parseFoldablePage(page: unknown): ParsedFoldablePage {
  const fields = parseInput(pageSchema, page, 'page');
  return { ...fields, content: parseJsonValue(fields.content ?? null, 'page.content') };
}
