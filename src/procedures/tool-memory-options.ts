import { z } from 'zod';
import { parseInput } from '../domain/parse.ts';
import type { ToolFixRelation } from './tool-fix-relation.ts';

/** Bounds and settings of a memory of tools. */
export interface ToolMemoryOptions {
  /** Default `default`. */
  readonly sessionId?: string | undefined;
  /** Calls that are remembered one by one. Default 1,000. */
  readonly maxLogEntries?: number | undefined;
  /** Success and error patterns of one tool, each. Default 10. */
  readonly maxPatternsPerTool?: number | undefined;
  /** Tools whose patterns are kept; the one that was not called for the longest goes. Default 200. */
  readonly maxTools?: number | undefined;
  /** Calls of any tool before a success in which failures are looked for. Default 10. */
  readonly fixDetectionWindow?: number | undefined;
  /** Told of each fix, after all is recorded; what it throws is told to `onCallbackError` and to nobody else. */
  readonly onFixDetected?: ((relation: ToolFixRelation) => void) | undefined;
  readonly onCallbackError?: ((error: unknown) => void) | undefined;
}

/** The bounds of a memory of tools. */
export interface ToolMemoryLimits {
  readonly maxLogEntries: number;
  readonly maxPatternsPerTool: number;
  readonly maxTools: number;
  readonly fixDetectionWindow: number;
}

const LIMITS: ToolMemoryLimits = {
  maxLogEntries: 1_000,
  maxPatternsPerTool: 10,
  maxTools: 200,
  fixDetectionWindow: 10,
};
const boundSchema = z
  .custom<number>(
    (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    'a whole number from 1',
  )
  .optional();
const functionSchema = z
  .custom<(...given: never) => never>((value) => typeof value === 'function', 'a function')
  .optional();
const optionsSchema = z.strictObject({
  sessionId: z.string().optional(),
  maxLogEntries: boundSchema,
  maxPatternsPerTool: boundSchema,
  maxTools: boundSchema,
  fixDetectionWindow: boundSchema,
  onFixDetected: functionSchema,
  onCallbackError: functionSchema,
});

/**
 * The bounds that options name, and the usual ones.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function toMemoryLimits(options: ToolMemoryOptions): ToolMemoryLimits {
  const parsed = parseInput(optionsSchema, options, 'options');
  return {
    maxLogEntries: parsed.maxLogEntries ?? LIMITS.maxLogEntries,
    maxPatternsPerTool: parsed.maxPatternsPerTool ?? LIMITS.maxPatternsPerTool,
    maxTools: parsed.maxTools ?? LIMITS.maxTools,
    fixDetectionWindow: parsed.fixDetectionWindow ?? LIMITS.fixDetectionWindow,
  };
}
