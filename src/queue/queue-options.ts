import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import { idSchema, kindSchema } from './job.ts';
import type { ConsumeOptions } from './queue.ts';

const MAX_CONCURRENCY = 10_000;

const wholeSchema = z.number().int().positive();

const signalSchema = z
  .custom<AbortSignal>((value) => value instanceof AbortSignal, 'an AbortSignal')
  .optional();

const consumeSchema = z.strictObject({
  handle: z.custom<ConsumeOptions['handle']>((value) => typeof value === 'function', 'a function'),
  concurrency: wholeSchema.max(MAX_CONCURRENCY),
  rateLimit: z.strictObject({ max: wholeSchema, perMs: wholeSchema }).optional(),
  signal: signalSchema,
});

const repeatSchema = z.strictObject({ id: idSchema, kind: kindSchema, everyMs: wholeSchema });

const drainSchema = z.strictObject({ signal: signalSchema });

const deadJobsSchema = z.strictObject({ limit: z.number().int().nonnegative() });

/** A job that comes again and again. */
export interface RepeatOptions {
  readonly id: string;
  readonly kind: string;
  readonly everyMs: number;
}

/** When waiting for the end of all jobs is given up. */
export interface DrainOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How many dead jobs are asked for at most. */
export interface DeadJobsOptions {
  readonly limit: number;
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

/**
 * Checks how the end of all jobs is to be waited for.
 * @throws INVALID_INPUT naming the field.
 */
export function parseDrainOptions(options: DrainOptions): DrainOptions {
  return parseInput(drainSchema, options, 'options');
}

/**
 * Checks how many dead jobs are asked for.
 * @throws INVALID_INPUT naming the field.
 */
export function parseDeadJobsOptions(options: DeadJobsOptions): DeadJobsOptions {
  return parseInput(deadJobsSchema, options, 'options');
}
