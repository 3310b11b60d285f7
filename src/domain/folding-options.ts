import { z } from 'zod';
import type { Clock } from './clock.ts';
import { parseInput } from './parse.ts';

/** Asks a model to say a text in at most `maxTokens`; has to stop once the signal is aborted. */
export type SummarizeFn = (
  text: string,
  options: {
    readonly maxTokens: number;
    /** The question the text is folded towards, when there is one. */
    readonly focus: string | undefined;
    readonly signal: AbortSignal;
  },
) => string | Promise<string>;

/** How pages are folded. */
export interface FoldingOptions {
  /** Which share of its tokens a page keeps when it is reduced, more than 0 and less than 1. Default 0.5. */
  readonly reducedRatio?: number | undefined;
  /** Longest abstract. Default 200. */
  readonly abstractMaxTokens?: number | undefined;
  /** Longest reference. Default 50. */
  readonly referenceMaxTokens?: number | undefined;
  /** Which share of a folded text is single words of what was left out, from 0 to 1. Default 0.35. */
  readonly wordsShare?: number | undefined;
  /** Writes summaries of text in place of the built-in extracts, which stand in when it fails. */
  readonly summarize?: SummarizeFn | undefined;
  /** How long one summary may take, in milliseconds. Default 60,000. */
  readonly summaryTimeoutMs?: number | undefined;
  /** Sets the timer of that. Default: the one of the machine. */
  readonly clock?: Pick<Clock, 'setTimer'> | undefined;
}

const share = z.number().min(0).max(1);
const tokens = z.number().int().positive();

const optionsSchema: z.ZodType<FoldingOptions> = z.strictObject({
  reducedRatio: z.number().gt(0).lt(1).optional(),
  abstractMaxTokens: tokens.optional(),
  referenceMaxTokens: tokens.optional(),
  wordsShare: share.optional(),
  summarize: z
    .custom<SummarizeFn>((value) => typeof value === 'function', { message: 'a function' })
    .optional(),
  summaryTimeoutMs: z.number().positive().optional(),
  clock: z
    .custom<Pick<Clock, 'setTimer'>>(
      (value) => typeof value === 'object' && value !== null && 'setTimer' in value,
      { message: 'a clock' },
    )
    .optional(),
});

/**
 * Checks options that came from outside.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseFoldingOptions(options: unknown): FoldingOptions {
  return parseInput(optionsSchema, options, 'options');
}
