import { z } from 'zod';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { parseInput } from '../domain/parse.ts';

/** How a runtime is closed. */
export interface CloseOptions {
  /** Milliseconds in which what is under way may finish. */
  readonly timeoutMs?: number | undefined;
}

const schema = z.strictObject({
  timeoutMs: z.number().nonnegative().max(MAX_DURATION_MS).optional(),
});

/**
 * How long closing may take, checked.
 * @throws INVALID_INPUT naming the option.
 */
export function closeTimeoutMs(options: CloseOptions, fallbackMs: number): number {
  return parseInput(schema, options, 'options').timeoutMs ?? fallbackMs;
}
