import { z } from 'zod';
import { type ArgumentSchema, toArgumentCheck } from '../domain/argument-schema.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { TOOL_EFFECTS, type ToolEffect } from '../guards/tool-traits.ts';
import { ERROR_CLASSES } from '../procedures/error-class.ts';
import type { RetryOptions } from './retry-policy.ts';

/** What an executor is told beside the arguments. */
export interface ToolContext {
  readonly toolName: string;
  /** The model's id of the call; null when it has none. */
  readonly callId: string | null;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the caller gives up or the time is over. */
  readonly signal: AbortSignal;
  /** The same for every attempt and repetition of one call: for the tool's own protection against doing it twice. */
  readonly operationId: string;
}

/** Carries a call out; gives any JSON value, or what a server of the Model Context Protocol answers. */
export type ToolExecutor = (argumentsOfCall: JsonObject, context: ToolContext) => unknown;

/** When calls of a tool are turned away because it keeps failing. */
export interface BreakerOptions {
  /** Failures in a row that open the breaker. Default 5. */
  readonly failures?: number | undefined;
  /** Milliseconds until one call is let through to try. Default 60,000. */
  readonly openMs?: number | undefined;
}

/** A tool and how it is run. */
export interface ToolDefinition {
  readonly execute: ToolExecutor;
  readonly description?: string | undefined;
  /** What the arguments have to be: a JSON Schema, or a schema such as zod's, whose output the executor gets. */
  readonly schema?: ArgumentSchema | undefined;
  /** What a call does outside. Default as its name is classified, which for unknown names is `write`. */
  readonly effect?: ToolEffect | undefined;
  /** Whether a call may be made twice without harm. Default: unless its effect is `write`. */
  readonly isRepeatable?: boolean | undefined;
  /** Whether results may be reused within the cache's time. Default: where its effect is `pure`. */
  readonly isCacheable?: boolean | undefined;
  /** Whether it is asked again and again until something has happened. */
  readonly isPolled?: boolean | undefined;
  /** Milliseconds for one attempt. Default 30,000; Infinity for no limit. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for all attempts, pauses and waiting together. Default 120,000; Infinity for no limit. */
  readonly totalTimeoutMs?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Calls of it at once. Default 16; Infinity for no limit. */
  readonly maxConcurrent?: number | undefined;
  /** Calls that wait for others of it. Default 256. */
  readonly maxWaiting?: number | undefined;
  /** Default on; false for none. */
  readonly breaker?: BreakerOptions | false | undefined;
}

/** Tools by their names, each a function or a definition. */
export type ToolSet = Readonly<Record<string, ToolExecutor | ToolDefinition>>;

const functionSchema = z.custom<(...given: never) => never>(
  (value) => typeof value === 'function',
  'a function',
);
const countSchema = z.custom<number>(
  (value) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 0),
  'a whole number from 0, or Infinity',
);
const limitSchema = z.custom<number>(
  (value) => typeof value === 'number' && value >= 1,
  'a number from 1',
);
const delaySchema = z.custom<number>(
  (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31,
  'milliseconds from 0',
);
const definitionSchema = z.strictObject({
  execute: functionSchema,
  description: z.string().optional(),
  schema: z.unknown().optional(),
  effect: z.enum(TOOL_EFFECTS).optional(),
  isRepeatable: z.boolean().optional(),
  isCacheable: z.boolean().optional(),
  isPolled: z.boolean().optional(),
  timeoutMs: limitSchema.optional(),
  totalTimeoutMs: limitSchema.optional(),
  retry: z
    .strictObject({
      maxRetries: countSchema.optional(),
      baseDelayMs: delaySchema.optional(),
      maxDelayMs: delaySchema.optional(),
      hasJitter: z.boolean().optional(),
      on: z.array(z.enum(ERROR_CLASSES)).optional(),
    })
    .optional(),
  maxConcurrent: limitSchema.optional(),
  maxWaiting: countSchema.optional(),
  breaker: z
    .union([
      z.literal(false),
      z.strictObject({ failures: limitSchema.optional(), openMs: delaySchema.optional() }),
    ])
    .optional(),
});

const defaultsSchema = definitionSchema.omit({ execute: true, description: true, schema: true });
const OPTION_NAMES = Object.keys(defaultsSchema.shape);

/** How tools are run that do not say it themselves. */
export type ToolDefaults = Omit<ToolDefinition, 'execute' | 'schema' | 'description'>;

/**
 * The defaults of tools.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseToolDefaults(given: unknown, field: string): ToolDefaults {
  parseInput(defaultsSchema, given, field);
  return given as ToolDefaults; // every field was checked above
}

/** A tool with defaults in the place of what it does not say itself, option by option. */
export function withDefaults(definition: ToolDefinition, defaults: ToolDefaults): ToolDefinition {
  const { execute, description, schema } = definition;
  const options = OPTION_NAMES.map((name): [string, unknown] => [
    name,
    Reflect.get(definition, name) ?? Reflect.get(defaults, name),
  ]);
  return { execute, description, schema, ...Object.fromEntries(options) };
}

/**
 * A tool as it was given: a function alone, or a definition.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseToolDefinition(given: unknown, field: string): ToolDefinition {
  if (typeof given === 'function') return { execute: given as ToolExecutor }; // any function may carry calls out
  if (typeof given !== 'object' || given === null)
    throw new InvalidInput({ field, expected: 'a function, or an object with `execute`' });
  parseInput(definitionSchema, given, field);
  const definition = given as ToolDefinition; // every field was checked above
  if (definition.schema !== undefined) toArgumentCheck(definition.schema, `${field}.schema`);
  return definition;
}
