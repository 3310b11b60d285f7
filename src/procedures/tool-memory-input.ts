import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import type { CallFilter } from './call-filter.ts';
import type { RecordedCall } from './recorded-call.ts';
import { TOOL_OUTCOMES } from './tool-outcome.ts';

const limitSchema = z
  .custom<number>((value) => typeof value === 'number' && value >= 0, 'a number from 0')
  .optional();

const callSchema: z.ZodType<RecordedCall> = z.strictObject({
  toolName: z.string().min(1),
  arguments: z.unknown().optional(),
  result: z.unknown().optional(),
  outcome: z.enum(TOOL_OUTCOMES),
  contextGoal: z.string().optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  executionTimeMs: z.number().nonnegative().optional(),
  precedingCallId: z.string().optional(),
});

const outcomeSchema = z.strictObject({ result: z.unknown().optional(), success: z.boolean() });

const filterSchema: z.ZodType<CallFilter> = z.strictObject({
  toolName: z.string().optional(),
  goalContains: z.string().optional(),
  outcome: z.enum(TOOL_OUTCOMES).optional(),
  errorType: z.string().optional(),
  onlyFixes: z.boolean().optional(),
  onlyFixed: z.boolean().optional(),
  limit: limitSchema,
});

/**
 * A call to be remembered, its arguments and result as they came.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseRecordedCall(call: unknown): RecordedCall {
  return parseInput(callSchema, call, 'call');
}

/**
 * What came of a call, in short.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseShortOutcome(outcome: unknown): {
  readonly result?: unknown;
  readonly success: boolean;
} {
  return parseInput(outcomeSchema, outcome, 'outcome');
}

/**
 * Which calls to find.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseCallFilter(filter: unknown): CallFilter {
  return parseInput(filterSchema, filter, 'filter');
}
