import { z } from 'zod';
import { parseInput } from './parse.ts';

/** What a line of a context says besides the content of its page. */
export interface ContextLineOptions {
  /** Default true. */
  readonly includePageIds?: boolean | undefined;
  /** When the page was made, to the minute, UTC. Default false. */
  readonly includeTimestamps?: boolean | undefined;
  /** Who speaks, where a page knows the name. Default true. */
  readonly includeSpeakers?: boolean | undefined;
  /** Characters of a transcript that the line of a medium shows. Default 200. */
  readonly maxTranscriptLength?: number | undefined;
}

/** How pages are packed into a context. */
export interface ContextPackerOptions {
  /** The tokens of a text. */
  readonly countTokens: (text: string) => number;
  /** What is left of the budget has to be more than this for a text to be cut down to it. Default 50. */
  readonly minCutTokens?: number | undefined;
  /** Characters that a text page may show. Default: all. */
  readonly maxTextLength?: number | undefined;
  readonly lines?: ContextLineOptions | undefined;
}

/** How long a manifest may get. */
export interface ManifestLimits {
  /** Pages in each of its two lists. Default 50. */
  readonly maxEntries?: number | undefined;
  /** Tokens of all of it. Default: no limit. */
  readonly maxTokens?: number | undefined;
}

/** How a context is written for a model. */
export interface ContextRenderLimits {
  /** Tokens of messages and tools together. Default: no limit. */
  readonly maxTokens?: number | undefined;
  /** Default: 50 pages, and of `maxTokens` a 32nd, but at most 2,048 tokens and at least 160 or a 16th, whichever is less. */
  readonly manifest?: ManifestLimits | undefined;
  readonly lines?: ContextLineOptions | undefined;
  /** Whether the model may search pages by words. Default true. */
  readonly includeSearch?: boolean | undefined;
}

const amount = z.union([z.number().int().nonnegative(), z.literal(Infinity)], {
  message: 'a whole number of at least 0, or Infinity',
});

const lineSchema: z.ZodType<ContextLineOptions> = z.strictObject({
  includePageIds: z.boolean().optional(),
  includeTimestamps: z.boolean().optional(),
  includeSpeakers: z.boolean().optional(),
  maxTranscriptLength: amount.optional(),
});

const packerSchema: z.ZodType<ContextPackerOptions> = z.strictObject({
  countTokens: z.custom<ContextPackerOptions['countTokens']>(
    (value) => typeof value === 'function',
    { message: 'a function' },
  ),
  minCutTokens: amount.optional(),
  maxTextLength: amount.optional(),
  lines: lineSchema.optional(),
});

const manifestSchema: z.ZodType<ManifestLimits> = z.strictObject({
  maxEntries: amount.optional(),
  maxTokens: amount.optional(),
});

const renderSchema: z.ZodType<ContextRenderLimits> = z.strictObject({
  maxTokens: amount.optional(),
  manifest: manifestSchema.optional(),
  lines: lineSchema.optional(),
  includeSearch: z.boolean().optional(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseContextPackerOptions(options: unknown): ContextPackerOptions {
  return parseInput(packerSchema, options, 'options');
}

/**
 * Checks limits that came from outside.
 * @throws INVALID_INPUT naming the limit, also one that does not exist.
 */
export function parseContextRenderLimits(limits: unknown): ContextRenderLimits {
  return parseInput(renderSchema, limits, 'options');
}

/**
 * Checks a number of tokens or entries that came from outside: a whole number of at least 0, or Infinity.
 * @throws INVALID_INPUT naming the field.
 */
export function parseContextAmount(value: unknown, field: string): number {
  return parseInput(amount, value, field);
}
