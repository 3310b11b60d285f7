import { z } from 'zod';
import { PAGE_LEVELS, type PageLevel } from './page.ts';
import { parseInput } from './parse.ts';

/** How far to fold a page, and towards what. */
export interface FoldRequest {
  readonly level: PageLevel;
  /** A question or words: what has to do with them is kept first. */
  readonly focus?: string | undefined;
  /** Calls the fold off; only one that waits for a model or for a compressor of your own takes long enough. */
  readonly signal?: AbortSignal | undefined;
}

const requestSchema: z.ZodType<FoldRequest> = z.strictObject({
  level: z.literal(PAGE_LEVELS),
  focus: z.string().optional(),
  signal: z
    .custom<AbortSignal>((value) => value instanceof AbortSignal, { message: 'an AbortSignal' })
    .optional(),
});

/**
 * Checks a request that came from outside.
 * @throws INVALID_INPUT naming the field.
 */
export function parseFoldRequest(request: unknown): FoldRequest {
  return parseInput(requestSchema, request, 'request');
}
