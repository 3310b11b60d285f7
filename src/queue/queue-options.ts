import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { idSchema, kindSchema } from './job.ts';
import type { ConsumeOptions } from './queue.ts';

const MAX_CONCURRENCY = 10_000;

const wholeSchema = z.number().int().positive();

const consumeSchema = z.strictObject({
  handle: z.custom<ConsumeOptions['handle']>((value) => typeof value === 'function', 'a function'),
  concurrency: wholeSchema.max(MAX_CONCURRENCY),
  rateLimit: z.strictObject({ max: wholeSchema, perMs: wholeSchema }).optional(),
  signal: z
    .custom<AbortSignal>((value) => value instanceof AbortSignal, 'an AbortSignal')
    .optional(),
});

const repeatSchema = z.strictObject({ id: idSchema, kind: kindSchema, everyMs: wholeSchema });

/** A job that comes again and again. */
export interface RepeatOptions {
  readonly id: string;
  readonly kind: string;
  readonly everyMs: number;
}

/**
 * Checks how jobs are to be taken: a consumer with a slip in its options would take none, and nobody would hear of it.
 * @throws INVALID_INPUT naming the field.
 */
export function parseConsumeOptions(options: ConsumeOptions): ConsumeOptions {
  return parseInput(consumeSchema, options, 'options');
}

/**
 * Checks what is to be repeated.
 * @throws INVALID_INPUT naming the field.
 */
export function parseRepeatOptions(options: RepeatOptions): RepeatOptions {
  return parseInput(repeatSchema, options, 'options');
}
