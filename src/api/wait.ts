import { z } from 'zod';
import type { CallOptions } from '../actors/envelope.ts';
import { MAX_DURATION_MS } from '../config/duration.ts';
import type { Clock } from '../domain/clock.ts';
import { parseInput } from '../domain/parse.ts';

/** How long a call may wait, and how to call it off. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from now. */
  readonly timeoutMs?: number | undefined;
}

/** How a call waits, and what it wants to be told. */
export type ExecuteOptions = WaitOptions & Pick<CallOptions, 'wants'>;

/** What the options of a call that waits are checked with. */
export const waitFields: {
  readonly signal: z.ZodOptional<z.ZodType<AbortSignal>>;
  readonly timeoutMs: z.ZodOptional<z.ZodNumber>;
} = {
  signal: z
    .custom<AbortSignal>((value) => value instanceof AbortSignal, { message: 'an AbortSignal' })
    .optional(),
  timeoutMs: z.number().positive().max(MAX_DURATION_MS).optional(),
};

const waitSchema = z.strictObject(waitFields);

/** Checks the options of a call that has no others. @throws INVALID_INPUT naming the field */
export function parseWait(options: unknown): WaitOptions {
  return parseInput(waitSchema, options, 'options');
}

/** The wait of a call that begins now, as an actor takes it. */
export function callOptions(wait: ExecuteOptions, clock: Clock): CallOptions {
  const { signal, timeoutMs, wants } = wait;
  const deadlineMs = timeoutMs === undefined ? undefined : clock.nowMs() + timeoutMs;
  return { wants, signal, deadlineMs };
}
